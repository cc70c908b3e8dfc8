"""Detection of generated images that copy real ones."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.scores.neighbors import (
    nearest_neighbors,
    nearest_other_distances,
)


class Memorization(NamedTuple):
    """The result of `memorization`.

    Attributes:
        duplicate_rate: float in `[0, 1]`.
        threshold: float. A sample within this distance of a real image is a duplicate.
        distances: `[M]`. Distance of each sample to its nearest real image.
        indices: `[M]`. Index of that image.
    """

    duplicate_rate: float
    threshold: float
    distances: np.ndarray
    indices: np.ndarray


def memorization(real, generated, quantile=0.01):
    """Computes the fraction of generated samples that copy real images.

    The threshold is the given quantile of the distances between each real image and its
    nearest other real image. A sample that is closer to a real image is a duplicate.
    About that fraction of new real images are duplicates by chance. A much higher rate
    shows a generator that repeats its training images.

    Args:
        real: features `[N, D]` of the training images, N at least 2.
        generated: features `[M, D]`.
        quantile: float between 0 and 1, exclusive.

    Returns:
        `Memorization`.

    Raises:
        ValueError: if shapes differ, a value is not finite, or `quantile` is not as
            above.

    Example:
        >>> real = np.random.default_rng(0).normal(size=(100, 4))
        >>> generated = np.concatenate([real[:10], real[:10] + 100])
        >>> memorization(real, generated).duplicate_rate
        0.5
    """
    real = checked_features(real, "real", 2)
    if not 0 < quantile < 1:
        raise ValueError(
            f"`quantile` must lie between 0 and 1. Received: quantile={quantile}"
        )
    distances, indices = nearest_neighbors(generated, real)
    threshold = float(np.quantile(nearest_other_distances(real), quantile))
    return Memorization(
        float(np.mean(distances[:, 0] <= threshold)),
        threshold,
        distances[:, 0],
        indices[:, 0],
    )
