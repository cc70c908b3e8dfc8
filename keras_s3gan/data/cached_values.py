"""Values of all images of a source, which take a pass over it."""

import contextlib
from collections.abc import Callable

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
    path = cache_directory() / f"{kind}-{source.fingerprint()[:20]}.npz"
    with contextlib.suppress(FileNotFoundError, CorruptFileError):
        return load_arrays(path).arrays[kind]
    values = compute()
    save_arrays(path, {kind: values}, {"source": source.name})
    return values
