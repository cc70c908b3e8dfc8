"""Some images of a source: of a size, of a class, or with a label."""

import contextlib
import difflib
import hashlib

import numpy as np

from keras_s3gan.files import (
    CorruptFileError,
    cache_directory,
    load_arrays,
    save_arrays,
)
from keras_s3gan.validation import check_integer, check_labels, is_integer


class Subset:
    """Some images of a source, by their indices there.

    Args:
        source: a source, see `keras_s3gan.data`.
        indices: integers. Which images, in this order.
        name: str. How messages call what is left.

    Raises:
        ValueError: if no image is left.
    """

    def __init__(self, source, indices, name):
        self._source, self._indices = source, np.asarray(indices, dtype=np.int64)
        if not self._indices.size:
            raise ValueError(
                f"A source must hold images. Received: {name}, of which "
                f"{source.name} has none among its {len(source):,} images"
            )
        self.name = name
        self.num_classes, self.class_names = source.num_classes, source.class_names
        # How named sets want their images.
        self.crop = getattr(source, "crop", None)
        self.image_size = getattr(source, "image_size", None)

    def __len__(self):
        return len(self._indices)

    def __getitem__(self, index):
        return self._source[int(self._indices[index])]

    def labels(self):
        return self._source.labels()[self._indices]

    def short_sides(self):
        return self._source.short_sides()[self._indices]

    def fingerprint(self):
        """SHA-256 of the source's own, the indices and the number of classes."""
        digest = hashlib.sha256(
            f"{self._source.fingerprint()} {self.num_classes}".encode()
        )
        digest.update(self._indices)
        return digest.hexdigest()


class _OneClass(Subset):
    """A subset whose images all have the label 0."""

    def __init__(self, source, label, name):
        labels = source.labels()
        super().__init__(source, np.flatnonzero(labels == label), name)
        self.num_classes = 1
        self.class_names = source.class_names and [source.class_names[label]]

    def __getitem__(self, index):
        return {**super().__getitem__(index), "label": 0}

    def labels(self):
        return np.zeros(len(self), np.int32)


def at_least(source, size):
    """The images of a source that are high and wide enough.

    The sizes are found in one pass over the source, without decoding images, and kept
    in the cache directory.

    Args:
        source: a source that has `short_sides()`.
        size: int. The smallest height and width in pixels.

    Returns:
        A `Subset`.

    Raises:
        ValueError: if `size` is no such integer, or no image is as large.
    """
    check_integer("size", size, 1)
    path = cache_directory() / f"short-sides-{source.fingerprint()[:20]}.npz"
    sides = None
    with contextlib.suppress(FileNotFoundError, CorruptFileError):
        sides = load_arrays(path).arrays["short_sides"]
    if sides is None:
        sides = source.short_sides()
        save_arrays(path, {"short_sides": sides}, {"source": source.name})
    name = f"{source.name} of at least {size} pixels"
    return Subset(source, np.flatnonzero(sides >= size), name)


def only_class(source, chosen):
    """The images of one class of a source, which becomes class 0 of 1.

    The true labels of all images decide: with hidden labels this is no method for few
    labels any more.

    Args:
        source: a source with classes.
        chosen: str or int. The class, by its name or number.

    Returns:
        A `Subset`.

    Raises:
        ValueError: if the source has no such class, or no image of it.
    """
    names, count = source.class_names or [], source.num_classes
    if count is None:
        raise ValueError(
            f"A class is chosen from a source with classes. Received: {source.name}, "
            "without labels"
        )
    if isinstance(chosen, str) and chosen in names:
        chosen = names.index(chosen)
    if not is_integer(chosen) or not 0 <= chosen < count:
        close = difflib.get_close_matches(str(chosen), names, n=3) or names[:3]
        such = f" or one of its names such as {', '.join(close)}" if close else ""
        raise ValueError(
            f"A class of {source.name} must be a number from 0 to {count - 1}{such}. "
            f"Received: class={chosen!r}"
        )
    name = names[chosen] if names else chosen
    return _OneClass(source, chosen, f"{source.name}, class {name}")


def labelled_only(source, labels=None):
    """The images that have a label.

    Args:
        source: a source, see `keras_s3gan.data`.
        labels: integers `[len(source)]` with -1 for "no label", or soft labels with
            rows of zeros. Defaults to the source's.

    Returns:
        A pair: a `Subset`, and its labels.

    Raises:
        ValueError: if `labels` are not as above, or no image has one.
    """
    labels = source.labels() if labels is None else labels
    labels = check_labels(labels, len(source))
    has_label = labels >= 0 if labels.ndim == 1 else labels.any(axis=1)
    ids = np.flatnonzero(has_label)
    return Subset(source, ids, f"{source.name}, labelled images"), labels[ids]
