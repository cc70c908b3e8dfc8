"""Atomic writes, lock files and the cache directory."""

import contextlib
import csv
import io
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

# A list of numbers that `json.dumps` has spread over several lines.
_NUMBERS = re.compile(r"\[\n([-+\d.eE,\s]+)\]")


@contextlib.contextmanager
def atomic_write(path: str | Path) -> Iterator[BinaryIO]:
    """Opens a binary file that replaces `path` only when it is complete.

    The bytes are written to a temporary file in the same folder and flushed to the
    disk; then the file is renamed. A process that is killed leaves the old file
    unchanged.

    Args:
        path: str or `Path`. Missing parent folders are created.

    Yields:
        A binary file object to write to.

    Example:
        >>> with atomic_write("content.bin") as file:
        ...     file.write(b"content")
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


def _flush_directory(directory: Path) -> None:
    # The rename is part of the directory. Only POSIX systems can open one.
    if os.name != "posix":
        return
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_text(path: str | Path, text: str) -> None:
    """Writes a UTF-8 text file atomically."""
    with atomic_write(path) as file:
        file.write(text.encode("utf-8"))


def write_json(path: str | Path, content: Any) -> None:
    """Writes an indented JSON file atomically, with lists of numbers on one line."""
    text = json.dumps(content, indent=2)
    write_text(path, _NUMBERS.sub(_on_one_line, text) + "\n")


def _on_one_line(match: re.Match[str]) -> str:
    return "[" + " ".join(match.group(1).split()) + "]"


def write_table(
    path: str | Path, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]
) -> None:
    """Writes a csv file atomically.

    Args:
        path: str or `Path`.
        columns: list of str. The headings.
        rows: iterable of dicts. A missing column is left empty.

    Raises:
        ValueError: if a row has a key that is not in `columns`.

    Example:
        >>> write_table("scores.csv", ["step", "fid"], [{"step": 100, "fid": 8.4}])
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    with atomic_write(path) as file:
        file.write(text.getvalue().encode())


@contextlib.contextmanager
def locked(path: str | Path, wait: bool = True) -> Iterator[None]:
    """Holds a lock that only one process can hold at a time.

    The operating system releases it when the process ends. Systems without file locks
    (Windows) run without a lock.

    Args:
        path: str or `Path` of the lock file, which is not deleted. Missing parent
            folders are created.
        wait: bool. Whether to wait until another process releases the lock.

    Raises:
        BlockingIOError: if another process holds the lock and `wait` is False.

    Example:
        >>> with locked("cache/classifier.lock"):
        ...     train()
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


def cache_directory(path: str | Path | None = None) -> Path:
    """Returns the folder for files that can be computed or downloaded again.

    Args:
        path: str or `Path`. Defaults to the environment variable `KERAS_S3GAN_CACHE`,
            else `~/.cache/keras_s3gan`.

    Returns:
        A `Path`, which need not exist.
    """
    default = os.environ.get("KERAS_S3GAN_CACHE") or "~/.cache/keras_s3gan"
    return Path(path or default).expanduser()
