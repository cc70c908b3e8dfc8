from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.scores.neighbors import (
    clouds,
    nearest_neighbors,
    nearest_pairs,
)


class Memorization(NamedTuple):
    """What `memorization` returns.

    Attributes:
        duplicate_rate: float in `[0, 1]`.
        threshold: float. Samples that are this near to a real image are duplicates.
        distances: `[M]`. From every sample to its nearest real image.
        indices: `[M]`. Which image that is.
    """

    duplicate_rate: float
    threshold: float
    distances: np.ndarray
    indices: np.ndarray


def memorization(real, generated, quantile=0.01):
    """How many generated samples are copies of real images.

    A sample is a duplicate if it is as near to a real image as only the `quantile` of
    the real images is to another one. Of new images from the same source about that
    part are duplicates by chance; a rate far above it shows a generator that repeats
    what it was trained on. Give the images that it was trained on as `real`.

    Args:
        real: features `[N, D]`, N at least 2.
        generated: features `[M, D]`.
        quantile: float, above 0 and below 1.

    Returns:
        `Memorization`.

    Raises:
        ValueError: if shapes differ, a value is not finite, or a number is not as
            above.
    """
    real = checked_features(real, "real", 2)
    if not 0 < quantile < 1:
        raise ValueError(
            f"`quantile` must lie between 0 and 1. Received: quantile={quantile}"
        )
    distances, indices = nearest_neighbors(generated, real)
    (cloud,) = clouds(real)
    # Each is its own nearest; of copies, one is.
    rows, _, squares = nearest_pairs(cloud, cloud, 2)
    others = np.sqrt(squares[np.searchsorted(rows, np.arange(len(real))) + 1])
    threshold = float(np.quantile(others, quantile))
    return Memorization(
        float(np.mean(distances[:, 0] <= threshold)),
        threshold,
        distances[:, 0],
        indices[:, 0],
    )
