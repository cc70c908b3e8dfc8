"""Files that are either whole or not there, locks, and the cache directory."""

import contextlib
import csv
import io
import json
import os
import re
from pathlib import Path

# A list of numbers, spread over lines by the indentation.
_NUMBERS = re.compile(r"\[\n([-+\d.eE,\s]+)\]")


@contextlib.contextmanager
def atomic_write(path):
    """Open a binary file that appears under `path` whole, or not at all.

    The bytes go to a temporary name in the same folder, reach the disk, and are then
    renamed; a process that is killed leaves the former file untouched.

    Args:
        path: str or `Path`. Missing parent folders are made.

    Yields:
        A binary file object to write to.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with open(temporary, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    _flush_directory(path.parent)


def _flush_directory(directory):
    # The rename itself lives in the directory. Not every system can open one.
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path, text):
    """Writes a text file whole."""
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def write_json(path, content):
    """Writes a JSON file whole, indented, with lists of numbers on one line."""
    text = json.dumps(content, indent=2)
    write_text(path, _NUMBERS.sub(_on_one_line, text) + "\n")


def _on_one_line(match):
    return "[" + " ".join(match.group(1).split()) + "]"


def write_table(path, columns, rows):
    """Writes a csv file, replaced as a whole.

    Args:
        path: str or `Path`.
        columns: list of str, the headings.
        rows: iterable of dicts; a column that one does not have stays empty.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())


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


def cache_directory(path=None):
    """The folder of everything that can be made again.

    Args:
        path: str or `Path`. Defaults to the environment's `KERAS_S3GAN_CACHE`, else
            `~/.cache/keras_s3gan`.
    """
    default = os.environ.get("KERAS_S3GAN_CACHE") or "~/.cache/keras_s3gan"
    return Path(path or default).expanduser()
