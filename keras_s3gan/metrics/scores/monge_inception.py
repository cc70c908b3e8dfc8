"""Monge Inception distance (MIND): a sliced Wasserstein distance of features."""

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.validation import check_integer

# Directions at a time, so that few projections are in memory.
_DIRECTIONS = 64


def monge_inception_distance(real, generated, projections=1000, seed=0):
    """Computes the Monge Inception distance: MIND for Inception features.

    `3 D mean (sort(X u) - sort(Y u))^2` over random unit vectors `u` and the sorted
    projections: three times D times the squared sliced Wasserstein distance. No
    covariance is estimated, so that it needs fewer images than FID. It is biased
    upward like FID: compare only values of equal numbers of images.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`. Of the larger side, as many as the other side has
            are drawn at random.
        projections: int. Number of random directions.
        seed: int. Seed of the directions and of the features that are drawn.

    Returns:
        float, at least 0.

    Raises:
        ValueError: if shapes differ, a value is not finite, or `projections` is below
            1.

    Example:
        >>> real = np.zeros((100, 1))
        >>> round(monge_inception_distance(real, real + 2), 6)
        12.0

    Reference:
        - Berthet et al., 2026, https://arxiv.org/abs/2605.06797
    """
    check_integer("projections", projections)
    sides = (
        checked_features(real, "real", 1),
        checked_features(generated, "generated", 1),
    )
    require_same_dimension(*sides)
    random = np.random.default_rng(seed)
    count, dimension = min(map(len, sides)), sides[0].shape[1]
    first, second = (
        side
        if len(side) == count
        else side[np.sort(random.choice(len(side), count, replace=False))]
        for side in sides
    )
    # float32 features are multiplied in float32, without a copy in float64.
    dtype = np.result_type(first, second, "float32")
    total = 0.0
    for start in range(0, projections, _DIRECTIONS):
        size = min(_DIRECTIONS, projections - start)
        directions = random.standard_normal((size, dimension))
        directions /= np.linalg.norm(directions, axis=1, keepdims=True)
        directions = directions.astype(dtype)
        # Rows are sorted faster than columns.
        difference = np.subtract(
            np.sort(directions @ first.T), np.sort(directions @ second.T), dtype="f8"
        )
        total += np.vdot(difference, difference)
    return float(3 * dimension * total / (projections * count))
