"""Iterations of torch-mimicry beside ours, on its architecture.

`networks.py` builds its networks of 32 pixels from the parts of this package; the two
sides of `iterations.py` each run in a process of their own and take turns. `python -m
benchmarks.step` times them.
"""
