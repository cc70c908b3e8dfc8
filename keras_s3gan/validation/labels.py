"""What counts as a label."""

import numpy as np


def check_labels(labels, num_images, num_classes=None):
    """Validates hard or soft labels.

    Args:
        labels: integers `[num_images]`, -1 meaning "no label"; or soft labels
            `[num_images, num_classes]`, a row of zeros meaning "no label".
        num_images: int. How many labels there must be.
        num_classes: int or None. None leaves the largest label open.

    Returns:
        int32 `[num_images]` or float32 `[num_images, num_classes]`.

    Raises:
        ValueError: on anything else; the message names the first bad label.
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


def _check_soft(labels, num_classes):
    if num_classes is not None and labels.shape[1] != num_classes:
        raise ValueError(
            f"Soft labels must be rows of num_classes={num_classes}. "
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
