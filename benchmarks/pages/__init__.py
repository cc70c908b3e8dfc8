"""What stands in the tables of errors that `benchmarks/golden.py` measures."""

from benchmarks.pages import golden, scores

PAGES = {"golden": golden.PAGE, "scores": scores.PAGE}
