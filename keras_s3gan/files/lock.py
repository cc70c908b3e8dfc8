"""Files that one process at a time may work on."""

import contextlib
from pathlib import Path


@contextlib.contextmanager
def locked(path, wait=True):
    """Holds a lock file; the system lets go of it when the process ends.

    Where the system has no such locks, nothing is kept apart.

    Args:
        path: str or `Path` of the lock file, which stays. Missing parent folders are
            made.
        wait: bool. Whether to wait for another process to let go.

    Raises:
        BlockingIOError: if another process holds it, and `wait` is False.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        import fcntl
    except ImportError:
        yield
        return
    with open(path, "w") as file:
        fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        yield
