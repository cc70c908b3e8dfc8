"""Fractal dimension of a set of images."""

import numpy as np
from scipy.spatial.distance import cdist

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.validation import check_integer

_RADII = 1000
# The line is fitted to this part of the logarithmic counts on each side of the middle.
_FITTED = 0.1


def fractal_dimension(samples, centers=100, seed=0):
    """Estimates the fractal (correlation) dimension of the set of samples.

    The number of samples within a radius of a center grows as the radius to the power
    of the dimension. The dimension is the slope of the logarithmic counts over the
    logarithmic radius, fitted in the middle of the counts.

    Args:
        samples: `[N, ...]`, points or images, N at least 2.
        centers: int, the number of samples drawn as centers, with replacement; or
            indices `[M]` of samples.
        seed: int. Seed of the draw.

    Returns:
        float.

    Raises:
        ValueError: if values are not finite, all samples are equal, or there are too
            few different distances to fit a line.

    Example:
        >>> points = np.random.default_rng(0).uniform(size=(1000, 2))
        >>> round(fractal_dimension(points))
        2

    Reference:
        - Grassberger and Procaccia, 1983,
          https://doi.org/10.1016/0167-2789(83)90298-1
    """
    samples = np.asarray(samples)
    points = checked_features(samples.reshape(len(samples), -1), "samples", 2)
    if np.ndim(centers):
        centers = np.asarray(centers)
    else:
        check_integer("centers", centers)
        centers = np.random.default_rng(seed).integers(len(points), size=centers)
    distances = np.sort(cdist(points, points[centers]), axis=None)
    smallest, largest = distances[distances > 0][:1], distances[-1]
    if not largest > 0:
        raise ValueError(
            "`samples` must not all be equal. "
            f"Received: {len(points)} samples at distance 0"
        )
    radii = np.geomspace(smallest[0], largest, _RADII)[1:]
    counts = np.searchsorted(distances, radii)
    # A center counts one sample, itself, to all of them.
    low, high = np.log(len(centers)), np.log(len(centers) * len(points))
    middle, reach = (low + high) / 2, _FITTED * (high - low)
    logarithms = np.log(np.maximum(counts, 1))
    start = np.argmax(logarithms > middle - reach)
    end = np.argmax(logarithms > middle + reach)
    if end - start < 2:
        raise ValueError(
            "`samples` must have enough different distances to fit a line: at least 2 "
            f"of {len(radii)} radii must count {np.exp(middle - reach):.0f} to "
            f"{np.exp(middle + reach):.0f} samples. "
            f"Received: {max(0, end - start)} such radii"
        )
    return float(np.polyfit(np.log(radii[start:end]), logarithms[start:end], 1)[0])
