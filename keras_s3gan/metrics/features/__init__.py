"""Feature extractors, resizing, and statistics of streams of features."""
