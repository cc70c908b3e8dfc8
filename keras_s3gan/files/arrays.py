import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import ml_dtypes
import numpy as np

from keras_s3gan.files.storage import atomic_write

_FORMAT = 1


class CorruptFileError(ValueError):
    """The bytes of a file are not the ones that were written."""


class ArrayFile(NamedTuple):
    """What `load_arrays` found: named arrays, their description, their hash."""

    arrays: dict
    metadata: dict
    sha256: str


def save_arrays(path, arrays, metadata=None):
    """Write named arrays and a JSON description to one npz file, atomically.

    The file needs no pickle. Dtypes that NumPy does not know by itself (bfloat16,
    float8) are stored as unsigned integers of the same width. A SHA-256 over names,
    shapes, dtypes, description and values is stored beside them.

    Args:
        path: str or `Path`, ending in `.npz`.
        arrays: dict of str to NumPy array.
        metadata: dict that JSON can hold.

    Returns:
        The SHA-256 as a hexadecimal str.
    """
    arrays = {name: np.asarray(array) for name, array in arrays.items()}
    manifest = {
        "format": _FORMAT,
        "arrays": [
            {"name": name, "shape": array.shape, "dtype": array.dtype.name}
            for name, array in arrays.items()
        ],
        "metadata": metadata or {},
    }
    manifest = json.dumps(manifest).encode()
    stored = [_as_plain(array) for array in arrays.values()]
    digest = _digest(manifest, stored)
    with atomic_write(path) as file:
        np.savez(
            file,
            manifest=np.frombuffer(manifest, np.uint8),
            sha256=np.frombuffer(digest, np.uint8),
            **{str(index): array for index, array in enumerate(stored)},
        )
    return digest.hex()


def load_arrays(path):
    """Read a file of `save_arrays` and verify every byte that matters.

    Args:
        path: str or `Path`.

    Returns:
        An `ArrayFile` `(arrays, metadata, sha256)`.

    Raises:
        CorruptFileError: (a `ValueError`) if the content is not what was written.
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
        # A damaged archive fails in many ways (zip, zlib, header, JSON, missing key).
        except Exception as error:
            raise CorruptFileError(
                f"The file cannot be read, it is damaged ({error}). "
                f"Received: path={path}"
            ) from error
    if _digest(manifest, stored) != digest:
        raise CorruptFileError(
            "The SHA-256 of the content is not the one stored with it: the file is "
            f"damaged. Received: path={path}"
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


def _as_plain(array):
    array = np.ascontiguousarray(array)
    return array.view(f"u{array.itemsize}") if array.dtype.kind == "V" else array


def _dtype(name):
    return np.dtype(getattr(ml_dtypes, name, name))


def _digest(manifest, stored):
    digest = hashlib.sha256(manifest)
    for array in stored:
        digest.update(array.reshape(-1).view(np.uint8))
    return digest.digest()
