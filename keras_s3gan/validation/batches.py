"""Checks of a batch of images for a network."""

from collections.abc import Sequence

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
