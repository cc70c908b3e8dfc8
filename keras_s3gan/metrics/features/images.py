"""Conversion of the images that scores accept."""

import keras
import numpy as np

from keras_s3gan.validation import check_range, to_bytes, to_float_range


def checked_images(images):
    """Checks images and converts them to float32 in `[-1, 1]`.

    Args:
        images: `[N, H, W, C]`, uint8, or floats in `[-1, 1]`.

    Returns:
        float32 `[N, H, W, C]`; uint8 becomes `images / 127.5 - 1`.

    Raises:
        ValueError: if the images differ in size or are empty, or if floats are NaN,
            infinite or outside `[-1, 1]`.
    """
    images = stacked(images)
    floats = to_float_range(images)
    if images.dtype != np.uint8:
        check_range(floats)
    return floats


def as_bytes(images):
    """Checks images and converts them to uint8, as they are when saved.

    Args:
        images: as in `checked_images`.

    Returns:
        uint8 `[N, H, W, C]`; floats are rounded to the nearest of 256 levels.

    Raises:
        ValueError: as `checked_images`.
    """
    images = stacked(images)
    return images if images.dtype == np.uint8 else to_bytes(checked_images(images))


def check_channels(images):
    """Raises a `ValueError` unless images `[N, H, W, C]` have 1 or 3 channels."""
    if images.shape[-1] not in (1, 3):
        raise ValueError(
            "`images` must have 1 or 3 channels, the last axis. "
            f"Received: shape={images.shape}"
        )


def stacked(images):
    """Converts images to one NumPy array `[N, H, W, C]` of uint8 or floats.

    Raises:
        ValueError: if the images differ in size, are empty or have another dtype.
    """
    if keras.ops.is_tensor(images):
        images = keras.ops.convert_to_numpy(images)
    try:
        images = np.asarray(images)
    except ValueError:
        shapes = sorted({np.shape(image) for image in images})
        raise ValueError(
            f"`images` must all be of one size. Received: shapes {shapes}"
        ) from None
    if images.ndim != 4:
        raise ValueError(
            f"`images` must be [N, H, W, C]. Received: shape={images.shape}"
        )
    if not images.size:
        raise ValueError(
            f"`images` must not be empty. Received: {len(images)} images of "
            f"shape={images.shape[1:]}"
        )
    # Integers of a wider dtype need not be in the range of 0 to 255.
    if images.dtype != np.uint8 and images.dtype.kind in "biucOSU":
        raise ValueError(
            "`images` must be uint8, or floats in [-1, 1]. Received: "
            f"{images.dtype} with values like {images.reshape(-1)[0]}"
        )
    return images
