"""Crops of images, as in Compare GAN."""

import math

import numpy as np

from keras_s3gan.validation import is_integer

CROPS = ("distorted", "random", "middle", "full")
RANDOM_CROPS = ("distorted", "random")
# Smallest share of an image's area in a distorted crop.
_SMALLEST_SHARE = 0.5


def check_crop(crop: object, name: str = "crop") -> None:
    """Raises an error unless `crop` is in `CROPS`, an integer above 0, or `None`."""
    if crop is None or (is_integer(crop) and crop >= 1):
        return
    if not isinstance(crop, str) or crop not in CROPS:
        raise ValueError(
            f"`{name}` must be one of {CROPS}, the side of a central square in pixels, "
            f"or None. Received: {name}={crop!r}"
        )


def crop_image(
    image: np.ndarray,
    crop: str | int | None,
    random: np.random.Generator | None = None,
) -> np.ndarray:
    """Crops an image.

    Args:
        image: `[H, W, C]`.
        crop: how to crop it:

            - `"distorted"`: a random square with 0.5 to 1 times the image's area. The
              side is uniform among integers. If no such square fits (one side is more
              than twice the other), the whole image.
            - `"random"`: the largest square, at a random position.
            - `"middle"`: the largest square in the middle.
            - `"full"`: the whole image.
            - an integer: the square in the middle with this side in pixels, padded
              with black if the image is smaller.
        random: `np.random.Generator` for random crops. `None`: random crops become
            `"middle"`, as for evaluation.

    Returns:
        A view of `image`, or a copy if it is padded.

    Raises:
        ValueError: if `crop` is not as above.

    Example:
        >>> crop_image(np.zeros((40, 60, 3), "uint8"), "middle").shape
        (40, 40, 3)

    Reference:
        - `_transform_imagnet_image` of Compare GAN,
          https://github.com/google/compare_gan/blob/master/compare_gan/datasets.py
    """
    if crop is None:
        raise ValueError(f"`crop` must be one of {CROPS} or an integer. Received: None")
    check_crop(crop)
    if crop == "full":
        return image
    if not isinstance(crop, str):
        return pad(_central(image, crop), crop)
    if crop == "middle" or random is None:
        return central_square(image)
    side: int | None = min(image.shape[:2])
    if crop == "distorted":
        height, width = image.shape[:2]
        side = _distorted_side(height, width, random)
    if side is None:
        return image
    # Both operations of the original leave out the last position.
    top, left = (random.integers(max(n - side, 1)) for n in image.shape[:2])
    return image[top : top + side, left : left + side]


def central_square(image: np.ndarray) -> np.ndarray:
    """Returns the largest square in the middle of an image `[H, W, C]`."""
    return _central(image, min(image.shape[:2]))


def pad(image: np.ndarray, size: int) -> np.ndarray:
    """Pads a smaller image `[H, W, C]` with black to `[size, size, C]`."""
    if image.shape[:2] == (size, size):
        return image
    top, left = ((size - length) // 2 for length in image.shape[:2])
    background = 0 if image.dtype == np.uint8 else -1
    padded = np.full((size, size, image.shape[-1]), background, dtype=image.dtype)
    padded[top : top + image.shape[0], left : left + image.shape[1]] = image
    return padded


def _central(image: np.ndarray, side: int) -> np.ndarray:
    """Crops both axes to at most `side` pixels in the middle."""
    top, left = (max(length - side, 0) // 2 for length in image.shape[:2])
    return image[top : top + side, left : left + side]


def _distorted_side(height: int, width: int, random: np.random.Generator) -> int | None:
    """Draws a side as `tf.image.sample_distorted_bounding_box`; `None` if none fits."""
    smallest = math.sqrt(_SMALLEST_SHARE * height * width)
    if math.ceil(smallest) > min(height, width):
        return None
    # TensorFlow rounds to the nearest integer, and adds a pixel if that is too small.
    drawn = random.integers(round(smallest), min(height, width), endpoint=True)
    return max(int(drawn), math.ceil(smallest))
