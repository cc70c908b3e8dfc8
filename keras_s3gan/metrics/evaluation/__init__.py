"""Scores of a GAN: what they need, how they are named, computed and recorded."""
