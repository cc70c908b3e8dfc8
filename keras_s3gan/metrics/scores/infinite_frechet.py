"""Fréchet distance without the bias of a finite number of samples."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.scores.frechet import frechet_distance, prepared
from keras_s3gan.validation import check_integer


class InfiniteFrechetDistance(NamedTuple):
    """The result of `infinite_frechet_distance`.

    Attributes:
        value: float. The extrapolated distance. It may be slightly negative.
        slope: float. The slope of the distance over 1 / N.
        counts: `[points]`. The numbers of samples, N.
        distances: `[points]`. The distance for each number.
    """

    value: float
    slope: float
    counts: np.ndarray
    distances: np.ndarray


def infinite_frechet_distance(real, generated, points=15, smallest=None, seed=0):
    """Extrapolates the Fréchet distance to infinitely many generated samples.

    The Fréchet distance has a bias that is linear in 1 / N and differs between
    generators. The distance is measured on random subsets of increasing size, and a
    line is fitted over 1 / N.

    Args:
        real: features `[M, D]`, or `FeatureStatistics`.
        generated: features `[N, D]`.
        points: int, at least 2. Number of subsets, with sizes evenly spaced from
            `smallest` to N.
        smallest: int, at least 2. Size of the smallest subset. Defaults to the smaller
            of 5,000 and N / 2.
        seed: int. Seed of the subsets.

    Returns:
        `InfiniteFrechetDistance`.

    Raises:
        ValueError: if a number is not as above, or as in `frechet_distance`.

    Example:
        >>> random = np.random.default_rng(0)
        >>> real = random.normal(size=(1000, 4))
        >>> generated = 1 + random.normal(size=(1000, 4))
        >>> round(infinite_frechet_distance(real, generated).value)
        4

    Reference:
        - Chong and Forsyth, 2020, https://arxiv.org/abs/1911.07023
    """
    check_integer("points", points, 2)
    generated = checked_features(generated, "generated", 4)
    if smallest is None:
        smallest = min(5000, len(generated) // 2)
    check_integer("smallest", smallest, 2)
    if smallest >= len(generated):
        raise ValueError(
            f"`smallest` must be below the number of samples, {len(generated)}. "
            f"Received: smallest={smallest}"
        )
    real = prepared(real)
    random = np.random.default_rng(seed)
    counts = np.linspace(smallest, len(generated), points).round().astype(int)
    distances = np.array(
        [
            frechet_distance(
                real, generated[random.choice(len(generated), count, replace=False)]
            )
            for count in counts
        ]
    )
    slope, value = np.polyfit(1 / counts, distances, 1)
    return InfiniteFrechetDistance(float(value), float(slope), counts, distances)
