"""Checks of images, and the conversion between bytes and floats in [-1, 1]."""

import contextlib
import contextvars
from collections.abc import Iterator

import numpy as np

# So few images, or fewer, may all be bright.
_FEW = 3
_NON_NEGATIVE = contextvars.ContextVar("non_negative", default=False)

# Forgives the rounding errors of other libraries, as a share of half the range.
_TOLERANCE = 1e-3


def check_images(images: np.ndarray) -> None:
    """Raises an error unless images are uint8, or floats in `[-1, 1]`.

    Args:
        images: NumPy array `[H, W, C]` or `[N, H, W, C]`, C = 1 or 3.

    Raises:
        ValueError: on another shape or dtype, or on values that are outside
            `[-1, 1]`, NaN or infinite.

    Example:
        >>> check_images(np.zeros((8, 32, 32, 3), "uint8"))
    """
    if images.ndim not in (3, 4) or images.shape[-1] not in (1, 3) or not images.size:
        raise ValueError(
            "Images must be [H, W, C] each, with C = 1 or 3 as the last axis. "
            f"Received: shape={images.shape}"
        )
    if images.dtype != np.uint8:
        check_range(images)


def check_range(
    images: np.ndarray,
    name: str = "images",
    value_range: tuple[float, float] = (-1, 1),
) -> None:
    """Raises an error unless an array holds floats in a range.

    Where the range is [-1, 1], more than three images `[N, …]` without a negative value
    are refused: they are in [0, 1], nearly always. Images of a single value each, such
    as all zeros, and calls within `allow_non_negative` are not refused.

    Args:
        images: NumPy array of any shape, not empty.
        name: str. What the error calls the array.
        value_range: `(black, white)`. Values may lie outside by a thousandth of half
            the range.

    Raises:
        ValueError: on integers, NaN, infinity, values outside the range, or images that
            seem to be in [0, 1].

    Example:
        >>> check_range(np.zeros((8, 32, 32, 3), "float32"))
    """
    black, white = value_range
    if not np.issubdtype(images.dtype, np.floating):
        raise ValueError(
            f"`{name}` must be floats in [{black:g}, {white:g}]; uint8 images become "
            f"floats in [-1, 1] by images / 127.5 - 1. Received: dtype={images.dtype}"
        )
    check_finite(images, name)
    low, high = images.min(), images.max()
    margin = _TOLERANCE * (white - black) / 2
    if low < black - margin or high > white + margin:
        raise ValueError(
            f"`{name}` must be in [{black:g}, {white:g}]. "
            f"Received: minimum={low:g}, maximum={high:g}"
        )
    if (black, white) == (-1, 1) and low >= -margin and _in_unit_range(images):
        raise ValueError(
            f"`{name}` must be in [-1, 1], and no value is negative. Images in [0, 1] "
            "become images in [-1, 1] by 2 * images - 1. If yours are in [-1, 1] and "
            "all bright, call this within "
            "`keras_s3gan.validation.allow_non_negative()`. "
            f"Received: minimum={low:g}, maximum={high:g}, {len(images)} images"
        )


def _in_unit_range(images: np.ndarray) -> bool:
    if images.ndim != 4 or len(images) <= _FEW or _NON_NEGATIVE.get():
        return False
    axes = (1, 2, 3)
    return bool(np.any(images.min(axis=axes) != images.max(axis=axes)))


@contextlib.contextmanager
def allow_non_negative() -> Iterator[None]:
    """A context in which images in [-1, 1] may all be brighter than mid-grey.

    Elsewhere more than three images without a negative value are refused, because
    images in [0, 1] would give wrong scores without an error.

    Example:
        >>> with allow_non_negative():
        ...     check_range(np.linspace(0.2, 0.9, 256).reshape(4, 8, 8, 1))
    """
    token = _NON_NEGATIVE.set(True)
    try:
        yield
    finally:
        _NON_NEGATIVE.reset(token)


def check_finite(array: np.ndarray, name: str) -> None:
    """Raises an error if a value of an array is NaN or infinite.

    Args:
        array: NumPy array of any shape.
        name: str. What the error calls the array.

    Raises:
        ValueError: if a value is not finite; the error counts them.

    Example:
        >>> check_finite(np.zeros(3), "features")
    """
    # The sum is finite where all values are, and needs no array of booleans. If the
    # sum itself overflows, the values are looked at one by one.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):
            return
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise ValueError(
            f"`{name}` must be finite. "
            f"Received: {bad} of {array.size} values that are NaN or infinite"
        )


def to_float_range(images: np.ndarray) -> np.ndarray:
    """Converts uint8 images to floats in `[-1, 1]`.

    Args:
        images: uint8 or floating-point array of any shape.

    Returns:
        float32 of the same shape: `images / 127.5 - 1` for uint8; floats keep their
        values and are not checked.

    Example:
        >>> to_float_range(np.array([0, 255], "uint8"))
        array([-1.,  1.], dtype=float32)
    """
    if images.dtype == np.uint8:
        return images.astype(np.float32) / np.float32(127.5) - 1
    return images.astype(np.float32)


def to_bytes(images: np.ndarray) -> np.ndarray:
    """Converts floats in `[-1, 1]` to uint8.

    Args:
        images: array of any shape; uint8 is returned as it is.

    Returns:
        uint8 of the same shape: each value rounded to the nearest of 256 levels.
        Values outside `[-1, 1]` are clipped.

    Raises:
        ValueError: if a value is NaN or infinite.

    Example:
        >>> to_bytes(np.array([-1.0, 0.0, 1.0]))
        array([  0, 128, 255], dtype=uint8)
    """
    images = np.asarray(images)
    if images.dtype == np.uint8:
        return images
    check_finite(images, "images")
    return np.clip(np.round((images + 1) * 127.5), 0, 255).astype("uint8")
