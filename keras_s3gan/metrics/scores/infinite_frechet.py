from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.scores.frechet import frechet_distance, prepared
from keras_s3gan.validation import check_integer


class InfiniteFrechetDistance(NamedTuple):
    """What `infinite_frechet_distance` returns.

    Attributes:
        value: float. The extrapolated distance; by chance it may be negative.
        slope: float. Of the distance over 1 / N.
        counts: `[points]`. The numbers of samples, N.
        distances: `[points]`. The distances measured with them.
    """

    value: float
    slope: float
    counts: np.ndarray
    distances: np.ndarray


def infinite_frechet_distance(real, generated, points=15, smallest=None, seed=0):
    """Fréchet distance extrapolated to infinitely many generated samples.

    The Fréchet distance is biased, differently for each generator, by a term that is
    linear in 1 / N. It is measured on random subsets of growing size, and a line is
    fitted to it.

    Args:
        real: features `[M, D]`, or `FeatureStatistics`.
        generated: features `[N, D]`.
        points: int, at least 2. Sizes of subsets, evenly spaced from `smallest` to N.
        smallest: int, at least 2. Defaults to 5,000, or N / 2 where that is smaller.
        seed: int. Fixes the subsets.

    Returns:
        `InfiniteFrechetDistance`.

    Raises:
        ValueError: if a number is not as above, or as in `frechet_distance`.

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
