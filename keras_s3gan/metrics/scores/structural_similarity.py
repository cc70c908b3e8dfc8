import numpy as np
from scipy.ndimage import correlate1d

from keras_s3gan.validation import check_integer, check_range

# Exponents of the five scales, from the paper.
WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
_FILTER_SIZE = 11
_FILTER_DEVIATION = 1.5
_LUMINANCE_CONSTANT = 0.01**2
_CONTRAST_CONSTANT = 0.03**2


def structural_similarity(first, second, value_range=(-1, 1), weights=WEIGHTS):
    """Multi-scale structural similarity (MS-SSIM) of image pairs.

    At each scale, means, variances and the covariance under a Gaussian window, channel
    by channel; between scales, images are halved by averaging squares of four pixels,
    after the last row or column was repeated where their number is odd. A window that
    is larger than the image is cut to its size. A negative contrast term, of opposite
    images, counts as 0.

    Args:
        first: `[N, H, W, C]`.
        second: likewise.
        value_range: `(black, white)`.
        weights: exponents of the scales, one a scale.

    Returns:
        `[N]`, float64, at most 1: 1 for equal images.

    Raises:
        ValueError: if shapes differ, values are not finite or lie outside the range.

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
    """Mean multi-scale structural similarity of pairs of samples of one class.

    The lower, the more varied the samples; compare with the figure of real images.

    Args:
        images: `[N, H, W, C]`, N at least 2, of one class.
        pairs: int or `None`. So many random pairs of different images, or all of them
            if there are no more, or for `None`.
        value_range: `(black, white)`.
        seed: int. Fixes the pairs.

    Returns:
        float, at most 1.

    Raises:
        ValueError: if there are fewer than two images, or they are not as above.

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
    """Means under a Gaussian window of that size, where it lies within the image."""
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
