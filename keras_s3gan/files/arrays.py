"""Named arrays in an npz file with a SHA-256."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import ml_dtypes
import numpy as np

from keras_s3gan.files.storage import atomic_write

_FORMAT = 1


class CorruptFileError(ValueError):
    """The content of a file is not what was written."""


class ArrayFile(NamedTuple):
    """The result of `load_arrays`.

    Attributes:
        arrays: dict from names to arrays.
        metadata: dict that was stored with them.
        sha256: str. Hexadecimal SHA-256 of the content.
    """

    arrays: dict[str, np.ndarray]
    metadata: dict[str, Any]
    sha256: str


def save_arrays(
    path: str | Path,
    arrays: Mapping[str, Any],
    metadata: Mapping[str, Any] | None = None,
) -> str:
    """Writes named arrays and metadata to one npz file, atomically.

    The file contains no pickle. Dtypes that are not NumPy's own (bfloat16, float8) are
    stored as unsigned integers of the same size. The file includes a SHA-256 of names,
    shapes, dtypes, metadata and values.

    Args:
        path: str or `Path`, ending in `.npz`.
        arrays: dict from names to arrays.
        metadata: dict that JSON can hold.

    Returns:
        The SHA-256 as a hexadecimal str.

    Example:
        >>> sha256 = save_arrays("x.npz", {"weights": np.zeros(3)}, {"step": 100})
        >>> load_arrays("x.npz").metadata
        {'step': 100}
    """
    converted = {name: np.asarray(array) for name, array in arrays.items()}
    description = {
        "format": _FORMAT,
        "arrays": [
            {"name": name, "shape": array.shape, "dtype": array.dtype.name}
            for name, array in converted.items()
        ],
        "metadata": dict(metadata or {}),
    }
    manifest = json.dumps(description).encode()
    stored = [_to_native(array) for array in converted.values()]
    digest = _digest(manifest, stored)
    content: dict[str, Any] = {
        "manifest": np.frombuffer(manifest, np.uint8),
        "sha256": np.frombuffer(digest, np.uint8),
        **{str(index): array for index, array in enumerate(stored)},
    }
    with atomic_write(path) as file:
        np.savez(file, **content)
    return digest.hex()


def load_arrays(path: str | Path) -> ArrayFile:
    """Reads a file of `save_arrays` and verifies its SHA-256.

    Args:
        path: str or `Path`.

    Returns:
        An `ArrayFile` `(arrays, metadata, sha256)`.

    Raises:
        CorruptFileError: (a `ValueError`) if the content is not what was written.
        ValueError: if the file was written in another format.
        FileNotFoundError: if there is no such file.
    """
    path = Path(path)
    with open(path, "rb") as file:
        try:
            with np.load(file, allow_pickle=False) as npz:
                manifest, digest = npz["manifest"].tobytes(), npz["sha256"].tobytes()
                description = json.loads(manifest)
                entries = description["arrays"]
                stored = [npz[str(index)] for index in range(len(entries))]
        # A damaged archive raises many kinds of errors.
        except Exception as error:
            raise CorruptFileError(
                f"The file is damaged and cannot be read ({error}). "
                f"Received: path={path}"
            ) from error
    if _digest(manifest, stored) != digest:
        raise CorruptFileError(
            "The file is damaged: the SHA-256 of its content is not the stored one. "
            f"Received: path={path}"
        )
    if description["format"] != _FORMAT:
        raise ValueError(
            f"Only files of format {_FORMAT} can be read. "
            f"Received: path={path} of format {description['format']}"
        )
    arrays = {
        entry["name"]: array.view(_dtype(entry["dtype"])).reshape(entry["shape"])
        for entry, array in zip(entries, stored, strict=True)
    }
    return ArrayFile(arrays, description["metadata"], digest.hex())


def _to_native(array: np.ndarray) -> np.ndarray:
    array = np.ascontiguousarray(array)
    return array.view(f"u{array.itemsize}") if array.dtype.kind == "V" else array


def _dtype(name: str) -> np.dtype:
    return np.dtype(getattr(ml_dtypes, name, name))


def _digest(manifest: bytes, stored: Sequence[np.ndarray]) -> bytes:
    digest = hashlib.sha256(manifest)
    for array in stored:
        digest.update(array.reshape(-1).view(np.uint8).data)
    return digest.digest()
