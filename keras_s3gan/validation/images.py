"""What counts as an image."""

import numpy as np


def check_images(images):
    """Refuses anything but uint8, or floats in `[-1, 1]`, with 1 or 3 channels.

    Args:
        images: NumPy array `[H, W, C]` or `[N, H, W, C]`.

    Raises:
        ValueError: on another shape or dtype, on values outside `[-1, 1]`, NaN
            and infinity included.
    """
    if images.ndim not in (3, 4) or images.shape[-1] not in (1, 3) or not images.size:
        raise ValueError(
            "Images must be [H, W, C] each, with C = 1 or 3 as the last axis. "
            f"Received: shape={images.shape}"
        )
    if images.dtype != np.uint8:
        check_range(images)


def check_range(images):
    """Refuses anything but floats in `[-1, 1]`.

    Args:
        images: NumPy array of any shape.

    Raises:
        ValueError: on integers, NaN, infinity, or values outside of `[-1, 1]`.
    """
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(
            "Images must be floats in [-1, 1], made by images / 127.5 - 1 from bytes. "
            f"Received: dtype={images.dtype}"
        )
    low, high = images.min(), images.max()
    if not (np.isfinite(low) and np.isfinite(high)):
        raise ValueError(
            "Images must be finite. Received: "
            f"{np.count_nonzero(~np.isfinite(images))} values that are NaN or infinite"
        )
    # Rounding of other libraries' scaling is forgiven.
    if low < -1.001 or high > 1.001:
        raise ValueError(
            f"Images must be in [-1, 1]. Received: minimum={low:g}, maximum={high:g}"
        )
