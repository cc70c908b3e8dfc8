"""Checks of labels."""

import numpy as np
from numpy.typing import ArrayLike


def check_labels(
    labels: ArrayLike, num_images: int, num_classes: int | None = None
) -> np.ndarray:
    """Checks hard or soft labels and returns them as an array.

    Args:
        labels: integers `[num_images]`, with -1 for "no label"; or soft labels
            `[num_images, num_classes]`, with a row of zeros for "no label".
        num_images: int. The required number of labels.
        num_classes: int or `None`. `None`: any number of classes.

    Returns:
        int32 `[num_images]` or float32 `[num_images, num_classes]`.

    Raises:
        ValueError: on anything else; the message names the first wrong label.

    Example:
        >>> check_labels([0, 2, -1], num_images=3, num_classes=3)
        array([ 0,  2, -1], dtype=int32)
    """
    labels = np.asarray(labels)
    if labels.ndim not in (1, 2) or len(labels) != num_images:
        raise ValueError(
            f"Labels must be [{num_images}], or [{num_images}, num_classes] if soft. "
            f"Received: shape={labels.shape}"
        )
    if labels.ndim == 2:
        return _check_soft(labels, num_classes)
    if not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(f"Labels must be integers. Received: dtype={labels.dtype}")
    bad = labels < -1
    if num_classes is not None:
        bad |= labels >= num_classes
    if bad.any():
        first = int(np.flatnonzero(bad)[0])
        largest = "" if num_classes is None else f" to {num_classes - 1}"
        raise ValueError(
            f"Labels must be -1 (none) or from 0{largest}. "
            f"Received: labels[{first}]={labels[first]}"
        )
    return labels.astype(np.int32)


def check_hard_labels(
    labels: ArrayLike, num_images: int, num_classes: int
) -> np.ndarray:
    """Checks labels that name one class or none and returns them as integers.

    Args:
        labels: integers `[num_images]`, with -1 for "no label"; or one-hot labels
            `[num_images, num_classes]`, with a row of zeros for "no label".
        num_images: int. The required number of labels.
        num_classes: int.

    Returns:
        int32 `[num_images]`.

    Raises:
        ValueError: as `check_labels`, or if a row is not one-hot.

    Example:
        >>> check_hard_labels([[0, 1], [0, 0]], num_images=2, num_classes=2)
        array([ 1, -1], dtype=int32)
    """
    labels = check_labels(labels, num_images, num_classes)
    if labels.ndim == 1:
        return labels
    soft = ((labels != 0) & (labels != 1)).any(axis=1)
    if soft.any():
        first = int(np.flatnonzero(soft)[0])
        raise ValueError(
            "Labels must be integers or one-hot, not soft. "
            f"Received: labels[{first}]={labels[first]}"
        )
    return np.where(labels.any(axis=1), labels.argmax(axis=1), -1).astype(np.int32)


def _check_soft(labels: np.ndarray, num_classes: int | None) -> np.ndarray:
    if num_classes is not None and labels.shape[1] != num_classes:
        raise ValueError(
            f"Soft labels must be [N, num_classes={num_classes}]. "
            f"Received: shape={labels.shape}"
        )
    labels = labels.astype(np.float32)
    totals = labels.sum(axis=1)
    empty = (labels == 0).all(axis=1)
    good = empty | ((np.abs(totals - 1) <= 1e-3) & (labels >= 0).all(axis=1))
    if not good.all():
        first = int(np.flatnonzero(~good)[0])
        raise ValueError(
            "A row of soft labels must be non-negative and sum to 1 (within 1e-3), "
            f"or be all zero (no label). Received: labels[{first}]={labels[first]}, "
            f"sum={totals[first]}"
        )
    return labels
