"""One image made ready: channels, size, range. Training and scoring share this."""

import numpy as np

from keras_s3gan.contract import check_images

FITS = ("pad", "resize")
# ITU-R 601 luma, as Pillow weighs it.
_LUMA = np.array([0.299, 0.587, 0.114], dtype=np.float32)


def prepare_image(image, image_size, channels, fit="pad"):
    """Brings one image to `[image_size, image_size, channels]`.

    Args:
        image: `[H, W, C]`, C = 1 or 3, uint8 or floating point in `[-1, 1]`.
        image_size: int. Height and width of the result.
        channels: 1 or 3. Color becomes gray by its luma, gray three equal channels.
        fit: `"pad"` centers an image that is not larger on black; `"resize"` scales
            every image. A larger image is always cut to its central square and scaled
            (bicubic, with antialiasing).

    Returns:
        An array of uint8 or float32, as `image` was of uint8 or floating point.

    Raises:
        ValueError: if `image` is not as above.
    """
    image = np.asarray(image)
    check_images(image)
    if image.ndim != 3:
        raise ValueError(f"An image must be [H, W, C]. Received: shape={image.shape}")
    if image.dtype != np.uint8:
        image = image.astype(np.float32)
    if image.shape[-1] != channels:
        image = _to_gray(image) if channels == 1 else np.repeat(image, 3, axis=-1)
    if image.shape[:2] == (image_size, image_size):
        return image
    if fit == "pad" and max(image.shape[:2]) <= image_size:
        return _pad(image, image_size)
    return _resize(_central_square(image), image_size)


def to_unit_range(images):
    """uint8 to float32 in `[-1, 1]`; floating point stays as it is."""
    if images.dtype == np.uint8:
        return images.astype(np.float32) / 127.5 - 1
    return images.astype(np.float32)


def _to_gray(image):
    gray = image @ _LUMA
    if image.dtype == np.uint8:
        gray = np.rint(gray).astype(np.uint8)
    return gray[..., np.newaxis]


def _pad(image, image_size):
    top, left = ((image_size - length) // 2 for length in image.shape[:2])
    background = 0 if image.dtype == np.uint8 else -1
    shape = (image_size, image_size, image.shape[-1])
    padded = np.full(shape, background, dtype=image.dtype)
    padded[top : top + image.shape[0], left : left + image.shape[1]] = image
    return padded


def _central_square(image):
    side = min(image.shape[:2])
    top, left = ((length - side) // 2 for length in image.shape[:2])
    return image[top : top + side, left : left + side]


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
