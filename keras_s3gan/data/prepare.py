"""Preprocessing of one image, for training and evaluation alike."""

import numpy as np

from keras_s3gan.data.crops import central_square, crop_image, pad
from keras_s3gan.validation import check_images, to_float_range

FITS = ("pad", "resize")
# ITU-R 601 luma, with Pillow's weights.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def prepare_image(
    image: np.ndarray,
    image_size: int,
    channels: int,
    fit: str = "pad",
    crop: str | int | None = None,
    random: np.random.Generator | None = None,
) -> np.ndarray:
    """Converts one image to `[image_size, image_size, channels]`.

    Args:
        image: `[H, W, C]`, C = 1 or 3, uint8 or floats in `[-1, 1]`.
        image_size: int. Height and width of the result.
        channels: 1 or 3. Color is converted to luma; gray is repeated.
        fit: `"pad"` pads a smaller image with black; `"resize"` resizes every image. A
            larger image is always cropped to its central square and resized (bicubic,
            with antialiasing).
        crop: how to crop the image, see `crop_image`. The crop is resized by
            `resize_bilinear`, whatever `fit` is. `None`: `fit` decides.
        random: `np.random.Generator` for a random crop.

    Returns:
        uint8 array; float32 if `image` has floats or a crop was resized.

    Raises:
        ValueError: if `image` is not as above.

    Example:
        >>> prepare_image(np.zeros((28, 28, 1), "uint8"), 32, channels=3).shape
        (32, 32, 3)
    """
    image = np.asarray(image)
    check_images(image)
    if image.ndim != 3:
        raise ValueError(f"An image must be [H, W, C]. Received: shape={image.shape}")
    if image.dtype != np.uint8:
        image = image.astype(np.float32)
    if crop is not None:
        image = crop_image(image, crop, random)
    if image.shape[-1] != channels:
        image = _to_gray(image) if channels == 1 else np.repeat(image, 3, axis=-1)
    if image.shape[:2] == (image_size, image_size):
        return image
    if crop is not None:
        return resize_bilinear(image, image_size)
    if fit == "pad" and max(image.shape[:2]) <= image_size:
        return pad(image, image_size)
    return _resize(central_square(image), image_size)


def resize_bilinear(image: np.ndarray, image_size: int) -> np.ndarray:
    """Resizes an image as TensorFlow 1, which Compare GAN used.

    Bilinear interpolation without antialiasing. Pixel i of S is at `i * H / S`, so the
    first row and column stay the same.

    Args:
        image: `[H, W, C]`, uint8 or floats in `[-1, 1]`.
        image_size: int. S above.

    Returns:
        float32 `[S, S, C]` in `[-1, 1]`, not rounded to 256 levels.
    """
    (above, below, down), (left, right, across) = (
        _neighbours(length, image_size) for length in image.shape[:2]
    )
    across = across[np.newaxis, :, np.newaxis]

    def interpolated_columns(rows: np.ndarray) -> np.ndarray:
        first, second = to_float_range(rows[:, left]), to_float_range(rows[:, right])
        return first + (second - first) * across

    top, bottom = interpolated_columns(image[above]), interpolated_columns(image[below])
    return top + (bottom - top) * down[:, np.newaxis, np.newaxis]


def _to_gray(image: np.ndarray) -> np.ndarray:
    gray = image @ _LUMA
    if image.dtype == np.uint8:
        gray = np.rint(gray).astype(np.uint8)
    return gray[..., np.newaxis]


def _neighbours(length: int, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Returns, for each new pixel, two old pixels and the weight of the second."""
    # In float32, to get exactly TensorFlow's values.
    scale = np.float32(length) / np.float32(size)
    position = np.arange(size, dtype=np.float32) * scale
    before = position.astype(np.int64)
    share = position - before.astype(np.float32)
    return before, np.minimum(before + 1, length - 1), share


def _resize(image: np.ndarray, image_size: int) -> np.ndarray:
    from PIL import Image

    # One channel at a time, as Pillow has no RGB images of floats.
    resized = [
        Image.fromarray(np.ascontiguousarray(image[..., channel])).resize(
            (image_size, image_size), Image.Resampling.BICUBIC
        )
        for channel in range(image.shape[-1])
    ]
    image = np.stack([np.asarray(channel) for channel in resized], axis=-1)
    # Bicubic interpolation of floats can overshoot.
    return image if image.dtype == np.uint8 else image.clip(-1, 1)
