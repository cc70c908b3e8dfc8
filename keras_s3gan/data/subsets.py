"""Subsets of a source: by image size, by class, or labelled images only."""

import difflib
import hashlib
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from keras_s3gan.data.cached_values import cached_values
from keras_s3gan.data.source import Record, Source
from keras_s3gan.validation import check_integer, check_labels, is_integer


class Subset:
    """A source of the images of another source at some indices.

    Args:
        source: a source, see `keras_s3gan.data`.
        indices: integers. Indices of the images, in this order.
        name: str. The name used in messages.

    Raises:
        ValueError: if `indices` is empty.

    Example:
        >>> len(Subset(mnist5k(), range(100), "mnist5k, first 100"))
        100
    """

    def __init__(self, source: Source, indices: ArrayLike, name: str) -> None:
        self._source, self._indices = source, np.asarray(indices, dtype=np.int64)
        if not self._indices.size:
            raise ValueError(
                f"A source must have images. Received: {name}, of which "
                f"{source.name} has none among its {len(source):,} images"
            )
        self.name = name
        self.num_classes, self.class_names = source.num_classes, source.class_names
        # Named data sets have their own preprocessing.
        self.crop = getattr(source, "crop", None)
        self.image_size = getattr(source, "image_size", None)

    def __len__(self) -> int:
        return len(self._indices)

    def __getitem__(self, index: int) -> Record:
        return self._source[int(self._indices[index])]

    def labels(self) -> np.ndarray:
        return self._source.labels()[self._indices]

    def short_sides(self) -> np.ndarray:
        # Not every source has them.
        source: Any = self._source
        return source.short_sides()[self._indices]

    def passed_over(self) -> dict[str, int]:
        """Returns what the source passes over."""
        return getattr(self._source, "passed_over", dict)()

    def fingerprint(self) -> str:
        """Returns a SHA-256 of the source's, the indices and the number of classes."""
        return self._fingerprint(self._source.fingerprint())

    def former_fingerprint(self) -> str | None:
        """Returns the fingerprint that an earlier version gave, `None` without one."""
        former = getattr(self._source, "former_fingerprint", self._source.fingerprint)()
        return None if former is None else self._fingerprint(former)

    def _fingerprint(self, of_source: str) -> str:
        digest = hashlib.sha256(f"{of_source} {self.num_classes}".encode())
        digest.update(self._indices.data)
        return digest.hexdigest()


class _OneClass(Subset):
    """A subset whose images all have the label 0."""

    def __init__(self, source: Source, label: int, name: str) -> None:
        labels = source.labels()
        super().__init__(source, np.flatnonzero(labels == label), name)
        self.num_classes = 1
        self.class_names = source.class_names and [source.class_names[label]]

    def __getitem__(self, index: int) -> Record:
        return {"image": super().__getitem__(index)["image"], "label": 0}

    def labels(self) -> np.ndarray:
        return np.zeros(len(self), np.int32)


def at_least(source: Any, size: int) -> Subset:
    """Returns the images of a source with at least the given height and width.

    The sizes are read in one pass over the source, without decoding images, and stored
    in the cache directory.

    Args:
        source: a source that has `short_sides()`.
        size: int. The smallest height and width in pixels.

    Returns:
        A `Subset`.

    Raises:
        ValueError: if `size` is not such an integer, or no image is large enough.

    Example:
        >>> large = at_least(FolderSource("flowers"), 128)
    """
    check_integer("size", size, 1)
    sides = cached_values("short_sides", source, source.short_sides)
    name = f"{source.name} of at least {size} pixels"
    return Subset(source, np.flatnonzero(sides >= size), name)


def only_class(source: Source, chosen: str | int) -> Subset:
    """Returns the images of one class of a source. The class becomes number 0 of 1.

    This uses the true labels of all images, so that it is not a method for few labels.

    Args:
        source: a source with classes.
        chosen: str or int. Name or number of the class.

    Returns:
        A `Subset`.

    Raises:
        ValueError: if the source has no such class, or no image of it.

    Example:
        >>> len(only_class(mnist5k(), "3"))
        500
    """
    names, count = source.class_names or [], source.num_classes
    if count is None:
        raise ValueError(
            "A class can be chosen only from a source with classes. "
            f"Received: {source.name}, without labels"
        )
    if isinstance(chosen, str) and chosen in names:
        chosen = names.index(chosen)
    if not is_integer(chosen) or not 0 <= chosen < count:
        close = difflib.get_close_matches(str(chosen), names, n=3) or names[:3]
        hint = f" or one of its names such as {', '.join(close)}" if close else ""
        raise ValueError(
            f"A class of {source.name} must be a number from 0 to {count - 1}{hint}. "
            f"Received: class={chosen!r}"
        )
    name = names[chosen] if names else chosen
    return _OneClass(source, chosen, f"{source.name}, class {name}")


def labelled_only(
    source: Source, labels: ArrayLike | None = None
) -> tuple[Subset, np.ndarray]:
    """Returns the images that have a label, and their labels.

    Args:
        source: a source, see `keras_s3gan.data`.
        labels: integers `[len(source)]` with -1 for "no label", or soft labels with
            rows of zeros. Defaults to the source's.

    Returns:
        A pair: a `Subset` and its labels.

    Raises:
        ValueError: if `labels` are not as above, or no image has a label.

    Example:
        >>> source = mnist5k()
        >>> masked, _ = mask_labels(source.labels(), 0.1, seed=0)
        >>> subset, labels = labelled_only(source, masked)
        >>> len(subset)
        500
    """
    given = source.labels() if labels is None else labels
    checked = check_labels(given, len(source))
    has_label = checked >= 0 if checked.ndim == 1 else checked.any(axis=1)
    ids = np.flatnonzero(has_label)
    return Subset(source, ids, f"{source.name}, labelled images"), checked[ids]
