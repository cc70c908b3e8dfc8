"""Scores, functions of features, of images or of a generator."""
