"""Multi-scale structural similarity (MS-SSIM)."""

import numpy as np
from scipy.ndimage import correlate1d

from keras_s3gan.validation import check_integer, check_range

# The paper's exponents of the five scales.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_FILTER_SIZE = 11
_FILTER_DEVIATION = 1.5
_LUMINANCE_CONSTANT = 0.01**2
_CONTRAST_CONSTANT = 0.03**2


def structural_similarity(first, second, value_range=(-1, 1), weights=WEIGHTS):
    """Computes the multi-scale structural similarity (MS-SSIM) of image pairs.

    Each scale compares means, variances and covariances under a Gaussian window, per
    channel. The window is cropped to the size of small images. Between scales, images
    are halved by averaging 2×2 pixels; an odd last row or column is repeated first. A
    negative contrast term counts as 0.

    Args:
        first: `[N, H, W, C]`.
        second: likewise.
        value_range: `(black, white)`.
        weights: exponents, one per scale.

    Returns:
        float64 `[N]`, at most 1: 1 for equal images.

    Raises:
        ValueError: if shapes differ, or values are not finite or outside the range.

    Example:
        >>> structural_similarity(images[:4], images[4:8]).shape
        (4,)

    Reference:
        - Wang et al., 2003, https://doi.org/10.1109/ACSSC.2003.1292216
    """
    first = _checked_images(first, "first", value_range)
    second = _checked_images(second, "second", value_range)
    if first.shape != second.shape:
        raise ValueError(
            "Both sides must be of one shape. "
            f"Received: {first.shape} and {second.shape}"
        )
    if not len(weights):
        raise ValueError(f"`weights` must not be empty. Received: weights={weights}")
    result = np.ones((len(first), first.shape[-1]))
    for scale, weight in enumerate(weights):
        if scale:
            first, second = _halved(first), _halved(second)
        luminance, contrast = _terms(first, second)
        terms = luminance * contrast if scale == len(weights) - 1 else contrast
        result *= np.maximum(terms.mean(axis=(1, 2)), 0) ** weight
    return result.mean(axis=1)


def structural_diversity(images, pairs=500, value_range=(-1, 1), seed=0):
    """Computes the mean MS-SSIM of pairs of samples of one class.

    A lower value means more varied samples. Compare it with the value of real images.

    Args:
        images: `[N, H, W, C]`, N at least 2, of one class.
        pairs: int or `None`. Number of random pairs of different images. `None`: all
            pairs.
        value_range: `(black, white)`.
        seed: int. Seed of the pairs.

    Returns:
        float, at most 1.

    Raises:
        ValueError: if there are fewer than two images, or they are not as above.

    Example:
        >>> copies = np.repeat(images[:1], 4, axis=0)
        >>> round(structural_diversity(copies), 6)
        1.0

    Reference:
        - Odena et al., 2016, https://arxiv.org/abs/1610.09585
    """
    images = np.asarray(images)
    if pairs is not None:
        check_integer("pairs", pairs)
    if images.ndim != 4 or len(images) < 2:
        raise ValueError(
            "`images` must be [N, H, W, C] of at least 2 images. "
            f"Received: shape={images.shape}"
        )
    number = len(images) * (len(images) - 1) // 2
    if pairs is None or pairs >= number:
        chosen = np.arange(number)
    else:
        chosen = np.random.default_rng(seed).choice(number, pairs, replace=False)
    first, second = np.triu_indices(len(images), 1)
    first, second = first[chosen], second[chosen]
    values = [
        structural_similarity(
            images[first[start : start + 32]],
            images[second[start : start + 32]],
            value_range,
        )
        for start in range(0, len(chosen), 32)
    ]
    return float(np.concatenate(values).mean())


def _terms(first, second):
    size = min(_FILTER_SIZE, *first.shape[1:3])
    mean_first, mean_second = _smoothed(first, size), _smoothed(second, size)
    crossed, squares = mean_first * mean_second, mean_first**2 + mean_second**2
    covariance = _smoothed(first * second, size) - crossed
    variances = _smoothed(first**2 + second**2, size) - squares
    return (
        (2 * crossed + _LUMINANCE_CONSTANT) / (squares + _LUMINANCE_CONSTANT),
        (2 * covariance + _CONTRAST_CONSTANT) / (variances + _CONTRAST_CONSTANT),
    )


def _smoothed(images, size):
    """Computes means under a Gaussian window, where it lies within the image."""
    window = np.exp(
        -0.5 * ((np.arange(size) - (size - 1) / 2) / _FILTER_DEVIATION) ** 2
    )
    window /= window.sum()
    for axis in (1, 2):
        valid = images.shape[axis] - size + 1
        images = correlate1d(images, window, axis, mode="constant")
        images = images.take(range(size // 2, size // 2 + valid), axis)
    return images


def _halved(images):
    height, width = images.shape[1:3]
    odd = [(0, 0), (0, height % 2), (0, width % 2), (0, 0)]
    rows = np.pad(images, odd, mode="symmetric")
    return (
        rows[:, ::2, ::2]
        + rows[:, 1::2, ::2]
        + rows[:, ::2, 1::2]
        + rows[:, 1::2, 1::2]
    ) / 4


def _checked_images(images, name, value_range):
    images = np.asarray(images, "float64")
    black, white = value_range
    if images.ndim != 4 or not images.size:
        raise ValueError(
            f"`{name}` must be [N, H, W, C]. Received: shape={images.shape}"
        )
    if not black < white:
        raise ValueError(
            "`value_range` must be (black, white), black below white. "
            f"Received: value_range={value_range}"
        )
    check_range(images, name, value_range)
    return (images - black) / (white - black)
