"""Scores as functions of features, images or a generator."""
