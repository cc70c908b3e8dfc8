"""How the training step grows with what it is asked for.

One file a part of `python -m benchmarks.scaling`; `steps.py` is what they run in
processes of their own.
"""
