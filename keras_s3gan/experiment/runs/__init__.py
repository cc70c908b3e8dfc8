"""One run: its folder, labels, training and scores."""
