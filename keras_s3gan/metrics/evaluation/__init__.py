"""Evaluates a GAN: the table of scores, their names, inputs and records."""
