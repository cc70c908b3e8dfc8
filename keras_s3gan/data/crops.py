"""The part of an image that is shown, cut as Compare GAN cuts it."""

import math

import numpy as np

from keras_s3gan.validation import is_integer

CROPS = ("distorted", "random", "middle", "full")
RANDOM_CROPS = ("distorted", "random")
# Of the area of an image, at least, in a distorted crop.
_SMALLEST_SHARE = 0.5


def check_crop(crop, name="crop"):
    """Refuses anything but one of `CROPS`, an integer of at least 1, or None."""
    if crop is None or (is_integer(crop) and crop >= 1):
        return
    if not isinstance(crop, str) or crop not in CROPS:
        raise ValueError(
            f"`{name}` must be one of {CROPS}, the side of a central square in pixels, "
            f"or None. Received: {name}={crop!r}"
        )


def crop_image(image, crop, random=None):
    """Cuts an image.

    Args:
        image: `[H, W, C]`.
        crop: how to cut it:

            - `"distorted"`: a square of 0.5 to 1 times the image's area, anywhere.
              The side is uniform among the whole pixels. Where no square is as large
              (one side is more than twice the other) the whole image.
            - `"random"`: the largest square, anywhere.
            - `"middle"`: the largest square, in the middle.
            - `"full"`: the whole image, as it is.
            - an integer: the square of so many pixels in the middle, black where the
              image is smaller.
        random: `np.random.Generator` that draws what is random. None: the crops that
            would be random are `"middle"`, as scoring wants them.

    Returns:
        A part of `image`, no copy unless black is added.

    Raises:
        ValueError: if `crop` is none of these.

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
    side = min(image.shape[:2])
    if crop == "distorted":
        side = _distorted_side(*image.shape[:2], random)
        if side is None:
            return image
    # Both of the original's operations leave out the last of the places.
    top, left = (random.integers(max(n - side, 1)) for n in image.shape[:2])
    return image[top : top + side, left : left + side]


def central_square(image):
    """The largest square in the middle of an image `[H, W, C]`."""
    return _central(image, min(image.shape[:2]))


def pad(image, size):
    """Centers an image `[H, W, C]` that is not larger on black, `[size, size, C]`."""
    if image.shape[:2] == (size, size):
        return image
    top, left = ((size - length) // 2 for length in image.shape[:2])
    background = 0 if image.dtype == np.uint8 else -1
    padded = np.full((size, size, image.shape[-1]), background, dtype=image.dtype)
    padded[top : top + image.shape[0], left : left + image.shape[1]] = image
    return padded


def _central(image, side):
    """At most `side` pixels in the middle of either axis."""
    top, left = (max(length - side, 0) // 2 for length in image.shape[:2])
    return image[top : top + side, left : left + side]


def _distorted_side(height, width, random):
    """The side that `tf.image.sample_distorted_bounding_box` draws; None: none fits."""
    smallest = math.sqrt(_SMALLEST_SHARE * height * width)
    if math.ceil(smallest) > min(height, width):
        return None
    # It rounds to the nearest first, and adds a pixel where that is too little.
    drawn = random.integers(round(smallest), min(height, width), endpoint=True)
    return max(int(drawn), math.ceil(smallest))
