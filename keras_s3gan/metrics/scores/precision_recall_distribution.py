from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.validation import check_integer

_SMALLEST_ANGLE = 1e-10


class PrecisionRecallDistribution(NamedTuple):
    """Precision and recall at every angle, and what sums the curve up.

    Attributes:
        precision: `[angles]`.
        recall: `[angles]`.
        f_8: float. The largest F score that weighs recall eight times as much.
        f_1_8: float. The largest F score that weighs precision eight times as much.
    """

    precision: np.ndarray
    recall: np.ndarray
    f_8: float
    f_1_8: float


def precision_recall_of_histograms(real, generated, angles=1001):
    """Precision and recall of one discrete distribution for another.

    At each slope `t = tan(angle)`: precision `sum(min(t * real, generated))` and recall
    `precision / t`, for angles evenly spaced between 0 and 90 degrees.

    Args:
        real: `[bins]`, at least 0: counts or probabilities of the reference.
        generated: `[bins]`, likewise.
        angles: int, at least 3.

    Returns:
        `PrecisionRecallDistribution`.

    Raises:
        ValueError: if shapes differ, a value is negative or not finite, or a histogram
            is empty.

    Reference:
        - Sajjadi et al., 2018, https://arxiv.org/abs/1806.00035
    """
    check_integer("angles", angles, 3)
    real, generated = _distribution(real, "real"), _distribution(generated, "generated")
    if real.shape != generated.shape:
        raise ValueError(
            "Both histograms must have the same bins. "
            f"Received: {len(real)} and {len(generated)}"
        )
    slopes = np.tan(np.linspace(_SMALLEST_ANGLE, np.pi / 2 - _SMALLEST_ANGLE, angles))
    precision = np.minimum(slopes[:, None] * real, generated).sum(axis=1)
    recall = precision / slopes
    return _summary(np.clip(precision, 0, 1), np.clip(recall, 0, 1))


def precision_recall_distribution(
    real, generated, clusters=20, runs=10, angles=1001, seed=0
):
    """Precision and recall of generated features over clusters of both sets.

    The union of both is clustered by k-means; a histogram over the clusters stands for
    each set. Curves are averaged over `runs` clusterings. Sets of equal size are to be
    preferred: a larger one draws the clusters to itself.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`.
        clusters: int, at most N + M.
        runs: int.
        angles: int, at least 3.
        seed: int. Fixes the clusterings.

    Returns:
        `PrecisionRecallDistribution` of the averaged curve.

    Raises:
        ValueError: if shapes differ, a value is not finite, or there are more clusters
            than features.
        ImportError: without scikit-learn.

    Reference:
        - Sajjadi et al., 2018, https://arxiv.org/abs/1806.00035
    """
    check_integer("clusters", clusters)
    check_integer("runs", runs)
    real = checked_features(real, "real", 1)
    generated = checked_features(generated, "generated", 1)
    require_same_dimension(real, generated)
    both = np.concatenate([real, generated])
    if clusters > len(both):
        raise ValueError(
            f"`clusters` must be at most the number of features, {len(both)}. "
            f"Received: clusters={clusters}"
        )
    curves = []
    for run_seed in np.random.SeedSequence(seed).generate_state(runs):
        labels = _k_means(both, clusters, int(run_seed >> 1))
        histograms = (
            np.bincount(part, minlength=clusters)
            for part in (labels[: len(real)], labels[len(real) :])
        )
        curve = precision_recall_of_histograms(*histograms, angles)
        curves.append((curve.precision, curve.recall))
    return _summary(*np.mean(curves, axis=0))


def f_score(precision, recall, beta):
    """Largest `(1 + b^2) p r / (b^2 p + r)` of a curve, 0 where both are 0."""
    weighted = beta**2 * precision + recall
    products = (1 + beta**2) * precision * recall
    return float(
        np.divide(products, weighted, where=weighted > 0, out=0 * products).max()
    )


def _summary(precision, recall):
    return PrecisionRecallDistribution(
        precision,
        recall,
        f_8=f_score(precision, recall, 8),
        f_1_8=f_score(precision, recall, 1 / 8),
    )


def _distribution(histogram, name):
    histogram = np.asarray(histogram, "float64")
    if (
        histogram.ndim != 1
        or not np.isfinite(histogram).all()
        or (histogram < 0).any()
        or not histogram.sum() > 0
    ):
        raise ValueError(
            f"`{name}` must be a histogram [bins] of finite values of at least 0 that "
            f"are not all 0. Received: {name}={histogram}"
        )
    return histogram / histogram.sum()


def _k_means(features, clusters, seed):
    try:
        from sklearn.cluster import MiniBatchKMeans
    except ImportError as error:
        raise ImportError(
            "Precision and recall of features need scikit-learn for the clusters: "
            "pip install scikit-learn"
        ) from error
    # The settings of the paper's code.
    return MiniBatchKMeans(clusters, n_init=10, random_state=seed).fit(features).labels_
