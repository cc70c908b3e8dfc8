"""Several runs, and a report on them."""
