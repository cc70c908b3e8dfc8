"""Checks of a batch of images for a network, and of arrays that are divided."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_s3gan.validation.images import check_range


def check_image_batch(images: np.ndarray, image_shape: Sequence[int | None]) -> None:
    """Raises an error unless images are what a network of this package takes.

    Args:
        images: NumPy array, floats in [-1, 1] of the shape `[N, *image_shape]`, N at
            least 1.
        image_shape: shape of one image, with `None` for any size.

    Raises:
        ValueError: on another shape, dtype or range, or if there is no image.

    Example:
        >>> check_image_batch(np.zeros((8, 32, 32, 3), "float32"), (32, 32, 3))
    """
    allowed = (None, *image_shape)
    fits = len(images.shape) == len(allowed) and all(
        size in (None, given) for size, given in zip(allowed, images.shape, strict=True)
    )
    if not fits or not images.size:
        sizes = ", ".join("any" if size is None else str(size) for size in image_shape)
        raise ValueError(
            f"Images must have the shape [N, {sizes}], with N at least 1. "
            f"Received: images of shape {tuple(images.shape)}"
        )
    check_range(images)


def split_arrays(images: Any, labels: Any, fraction: float) -> list[tuple[Any, Any]]:
    """Divides arrays as `validation_split` of `fit` does.

    Args:
        images: array `[N, …]`.
        labels: array `[N, …]` or `None`.
        fraction: float in (0, 1). The share of the second part.

    Returns:
        Two pairs `(images, labels)`, the second with the last images.

    Raises:
        ValueError: if `images` is no array, or a part would have no image.

    Example:
        >>> (first, _), (last, _) = split_arrays(np.arange(5), None, 0.4)
        >>> first, last
        (array([0, 1, 2]), array([3, 4]))
    """
    if not hasattr(images, "shape"):
        raise ValueError(
            "`validation_split` divides arrays; hand over other data as "
            f"`validation_data`. Received: x of type {type(images).__name__}"
        )
    count = len(images)
    end = math.floor(count * (1 - fraction))
    if not 0 < end < count:
        raise ValueError(
            "`validation_split` must be in (0, 1) and leave images on both sides. "
            f"Received: validation_split={fraction}, {count} images"
        )
    parts = slice(end), slice(end, None)
    return [(images[part], None if labels is None else labels[part]) for part in parts]
