"""What a source knows of its image files: read once, then kept in the cache."""

import concurrent.futures
import contextlib
import hashlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from keras_s3gan.data.image_files import opened, readable_formats, used_bits
from keras_s3gan.files import (
    CorruptFileError,
    cache_directory,
    load_arrays,
    save_arrays,
)

_THREADS = 8
_CHUNK = 1024
# Times of change are that coarse on some file systems: a file that was changed so short
# before it was read could be changed again without a trace.
_COARSE_NANOSECONDS = 2 * 10**9


class FileFacts(NamedTuple):
    """Facts about image files, one row per file.

    Attributes:
        digests: uint8 `[N, 32]`. The SHA-256 of each file.
        short_sides: int64 `[N]`. The smaller of height and width.
        bits: int64 `[N]`, see `used_bits`.
        animated: bool `[N]`. Whether the file has further frames.
    """

    digests: np.ndarray
    short_sides: np.ndarray
    bits: np.ndarray
    animated: np.ndarray


def file_facts(folder: Path, files: Sequence[Path]) -> FileFacts:
    """Reads the facts about image files, or takes them from the cache.

    A file is read again if its path, size or times changed.

    Args:
        folder: the folder of the files, which names the entry of the cache.
        files: paths of image files, at least one.

    Returns:
        `FileFacts`.

    Raises:
        ValueError: if a file is no image, see `opened`.
    """
    name = hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()
    path = cache_directory() / f"images-{name[:20]}.npz"
    # Much faster than `relative_to`, which counts for a million files.
    start = len(str(folder / "x")) - 1
    names = [os.fsencode(str(file)[start:]) for file in files]
    now = time.time_ns()
    stamps = np.array([_stamp(file) for file in files], np.int64)
    known, rows = _cached(path, names, stamps)
    new = np.flatnonzero(rows < 0)
    if not new.size and known is not None:
        return FileFacts(*(fact[rows] for fact in known))
    read = _read_all([files[int(index)] for index in new])
    if known is None:
        facts = read
    else:
        # An index behind those of the cached rows.
        rows[new] = len(known.digests) + np.arange(new.size)
        pairs = zip(known, read, strict=True)
        facts = FileFacts(*(np.concatenate(pair)[rows] for pair in pairs))
    settled = stamps[:, 1:].max(axis=1) < now - _COARSE_NANOSECONDS
    _save(path, names, stamps, facts, np.flatnonzero(settled))
    return facts


def _stamp(file: Path) -> tuple[int, int, int]:
    # A copy can keep the time of modification, but not that of the inode's change.
    status = os.stat(file)
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _cached(
    path: Path, names: list[bytes], stamps: np.ndarray
) -> tuple[FileFacts | None, np.ndarray]:
    """Returns cached facts and, for each file, its row there, -1 for none."""
    try:
        arrays = load_arrays(path).arrays
    except (OSError, CorruptFileError):
        return None, np.full(len(names), -1)
    facts = FileFacts(*(arrays[field] for field in FileFacts._fields))
    known = arrays["names"].tobytes().split(b"\0")
    places = {name: row for row, name in enumerate(known)}
    rows = np.array([places.get(name, -1) for name in names])
    rows[(arrays["stamps"][rows] != stamps).any(axis=1)] = -1
    return facts, rows


def _save(
    path: Path,
    names: list[bytes],
    stamps: np.ndarray,
    facts: FileFacts,
    chosen: np.ndarray,
) -> None:
    if not chosen.size:
        return
    joined = b"\0".join(names[index] for index in chosen)
    arrays = {field: fact[chosen] for field, fact in facts._asdict().items()}
    arrays |= {"names": np.frombuffer(joined, np.uint8), "stamps": stamps[chosen]}
    # Without a cache, the files are read again next time.
    with contextlib.suppress(OSError):
        save_arrays(path, arrays)


def _read_all(files: Sequence[Path]) -> FileFacts:
    # Not in several threads at once.
    readable_formats()
    found: list[tuple[bytes, int, int, bool]] = []
    with concurrent.futures.ThreadPoolExecutor(_THREADS) as threads:
        # In chunks, so that an error is raised soon and a million files fit in memory.
        for start in range(0, len(files), _CHUNK):
            found += threads.map(_read, files[start : start + _CHUNK])
    digests, short_sides, bits, animated = zip(*found, strict=True)
    return FileFacts(
        np.frombuffer(b"".join(digests), np.uint8).reshape(len(found), -1),
        np.array(short_sides, np.int64),
        np.array(bits, np.int64),
        np.array(animated, bool),
    )


def _read(file: Path) -> tuple[bytes, int, int, bool]:
    with opened(file, f"file={str(file)!r}") as image:
        # What follows the picture in a photo of several is a preview or a depth map.
        animated = image.format != "MPO" and getattr(image, "is_animated", False)
        short_side, bits = min(image.size), used_bits(image)
    with open(file, "rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").digest()
    return digest, short_side, bits, animated
