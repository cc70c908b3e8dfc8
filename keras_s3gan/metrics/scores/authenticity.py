"""Authenticity: how many images are new, and no copies of training images."""

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.scores.neighbors import (
    nearest_neighbors,
    nearest_other_distances,
)


def authenticity(real, generated):
    """Computes the fraction of generated samples that are authentic (AuthPct / 100).

    A sample is authentic if its nearest training image is farther from it than from the
    nearest other training image. Samples of low quality lie far from all images, and
    are authentic: read it beside precision. New real images are not all authentic,
    either: compare with the value of held-out real images, which a generator that
    copies its training images falls short of.

    Args:
        real: features `[N, D]` of the training images, N at least 2.
        generated: features `[M, D]`.

    Returns:
        float in `[0, 1]`.

    Raises:
        ValueError: if shapes differ, a value is not finite, or a side has too few rows.

    Example:
        >>> real = np.array([[0.0], [1.0], [5.0]])
        >>> authenticity(real, np.array([[0.1], [2.5], [9.5]]))
        0.6666666666666666

    Reference:
        - Alaa et al., 2022, https://arxiv.org/abs/2102.08921
    """
    real = checked_features(real, "real", 2)
    distances, indices = nearest_neighbors(generated, real)
    others = nearest_other_distances(real)
    return float(np.mean(distances[:, 0] > others[indices[:, 0]]))
