"""Values that take a pass over all images, kept in the cache directory."""

import contextlib
from collections.abc import Callable, Mapping

import numpy as np

from keras_s3gan.data.source import Source
from keras_s3gan.files import (
    CorruptFileError,
    cache_directory,
    load_arrays,
    save_arrays,
)


def cached_values(
    kind: str, source: Source, compute: Callable[[], np.ndarray]
) -> np.ndarray:
    """Returns values of a source from the cache directory, or computes them.

    Args:
        kind: str. What the values are, for the file and in it.
        source: the source that they depend on.
        compute: function that returns an array.

    Returns:
        The array.

    Example:
        >>> sides = cached_values("short_sides", source, source.short_sides)
    """
    arrays = cached_arrays(
        kind,
        source.fingerprint(),
        lambda: {kind: compute()},
        {"source": source.name},
    )
    return arrays[kind]


def cached_arrays(
    kind: str,
    key: str,
    compute: Callable[[], dict[str, np.ndarray]],
    metadata: Mapping[str, str] | None = None,
) -> dict[str, np.ndarray]:
    """Returns named arrays from the cache directory, or computes them.

    Args:
        kind: str. What the arrays are, for the name of the file.
        key: str. Hexadecimal SHA-256 of all that they depend on.
        compute: function that returns a dict from names to arrays.
        metadata: dict that is stored with them.

    Returns:
        The dict.

    Example:
        >>> arrays = cached_arrays("icons", key, lambda: {"images": draw()})
    """
    path = cache_directory() / f"{kind}-{key[:20]}.npz"
    with contextlib.suppress(FileNotFoundError, CorruptFileError):
        return load_arrays(path).arrays
    arrays = compute()
    save_arrays(path, arrays, metadata)
    return arrays
