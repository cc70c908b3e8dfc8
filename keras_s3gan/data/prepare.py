"""One image made ready: channels, size, range. Training and scoring share this."""

import numpy as np

from keras_s3gan.data.crops import central_square, crop_image, pad
from keras_s3gan.validation import check_images, to_float_range

FITS = ("pad", "resize")
# ITU-R 601 luma, as Pillow weighs it.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def prepare_image(image, image_size, channels, fit="pad", crop=None, random=None):
    """Brings one image to `[image_size, image_size, channels]`.

    Args:
        image: `[H, W, C]`, C = 1 or 3, uint8 or floating point in `[-1, 1]`.
        image_size: int. Height and width of the result.
        channels: 1 or 3. Color becomes gray by its luma, gray three equal channels.
        fit: `"pad"` centers an image that is not larger on black; `"resize"` scales
            every image. A larger image is always cut to its central square and scaled
            (bicubic, with antialiasing).
        crop: how to cut the image instead, see `crop_image`; what is left is scaled by
            `resize_bilinear`, whatever `fit` says. None leaves it to `fit`.
        random: `np.random.Generator` of a crop that is random.

    Returns:
        An array of uint8, or float32 where `image` was of floating point or a crop was
        scaled.

    Raises:
        ValueError: if `image` is not as above.
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


def resize_bilinear(image, image_size):
    """Scales an image as TensorFlow 1 did, and with it what Compare GAN measured.

    Bilinear between the four nearest pixels, without antialiasing, where the first
    row and column stay the first: pixel i of S is at `i * H / S`.

    Args:
        image: `[H, W, C]`, uint8 or floating point in `[-1, 1]`.
        image_size: int, the S above.

    Returns:
        float32 `[S, S, C]` in `[-1, 1]`, not rounded to whole bytes.
    """
    (above, below, down), (left, right, across) = (
        _neighbours(length, image_size) for length in image.shape[:2]
    )
    across = across[np.newaxis, :, np.newaxis]

    def columns(rows):
        first, second = to_float_range(rows[:, left]), to_float_range(rows[:, right])
        return first + (second - first) * across

    top, bottom = columns(image[above]), columns(image[below])
    return top + (bottom - top) * down[:, np.newaxis, np.newaxis]


def _to_gray(image):
    gray = image @ _LUMA
    if image.dtype == np.uint8:
        gray = np.rint(gray).astype(np.uint8)
    return gray[..., np.newaxis]


def _neighbours(length, size):
    """For each new pixel the old ones before and after it, and its place between."""
    # In float32, to the last digit as TensorFlow counts.
    scale = np.float32(length) / np.float32(size)
    position = np.arange(size, dtype=np.float32) * scale
    before = position.astype(np.int64)
    share = position - before.astype(np.float32)
    return before, np.minimum(before + 1, length - 1), share


def _resize(image, image_size):
    from PIL import Image

    # A channel at a time: Pillow has no RGB of floating point.
    resized = [
        Image.fromarray(np.ascontiguousarray(image[..., channel])).resize(
            (image_size, image_size), Image.Resampling.BICUBIC
        )
        for channel in range(image.shape[-1])
    ]
    image = np.stack([np.asarray(channel) for channel in resized], axis=-1)
    # Bicubic weights are partly negative, so floating point can overshoot.
    return image if image.dtype == np.uint8 else image.clip(-1, 1)
