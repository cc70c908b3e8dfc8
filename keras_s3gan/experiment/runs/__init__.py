"""One run: its folder, its labels, its training, its scores."""
