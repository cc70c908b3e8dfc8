"""How long a run would take, in words."""

DAY = 24 * 60 * 60


def duration(seconds):
    """Days from a tenth of one on; else minutes, or seconds."""
    if seconds >= DAY / 10:
        return f"{seconds / DAY:.2f} days"
    if seconds >= 100:
        return f"{seconds / 60:.1f} min"
    return f"{seconds:.3g} s"
