"""How the training step depends on its sizes.

One file per part of `python -m benchmarks.scaling`; `steps.py` is what they run in
processes of their own.
"""
