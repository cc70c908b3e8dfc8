"""Precision and recall for distributions (PRD)."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.validation import check_integer

_SMALLEST_ANGLE = 1e-10


class PrecisionRecallDistribution(NamedTuple):
    """A curve of precision and recall, and its largest F scores.

    Attributes:
        precision: `[angles]`.
        recall: `[angles]`.
        f_8: float. The largest F score that weighs recall eight times as much as
            precision.
        f_1_8: float. The largest F score that weighs precision eight times as much as
            recall.
    """

    precision: np.ndarray
    recall: np.ndarray
    f_8: float
    f_1_8: float


def precision_recall_of_histograms(real, generated, angles=1001):
    """Computes precision and recall of one discrete distribution for another.

    For a slope `t = tan(angle)`, precision is `sum(min(t * real, generated))` and
    recall is `precision / t`. The angles are evenly spaced between 0 and 90 degrees.

    Args:
        real: `[bins]`, at least 0: counts or probabilities of the reference
            distribution.
        generated: `[bins]`, likewise.
        angles: int, at least 3.

    Returns:
        `PrecisionRecallDistribution`.

    Raises:
        ValueError: if shapes differ, a value is negative or not finite, or a histogram
            is empty.

    Example:
        >>> round(precision_recall_of_histograms([5, 5, 0], [5, 0, 5]).f_8, 6)
        0.5

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
    """Computes precision and recall for distributions (PRD) of features.

    The union of both sets is clustered by k-means. Each set is represented by its
    histogram over the clusters. The curves of `runs` clusterings are averaged. Use sets
    of equal size, as a larger set attracts the clusters.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`.
        clusters: int, at most N + M. Number of clusters.
        runs: int. Number of clusterings.
        angles: int, at least 3.
        seed: int. Seed of the clusterings.

    Returns:
        `PrecisionRecallDistribution` of the averaged curve.

    Raises:
        ValueError: if shapes differ, a value is not finite, or there are more clusters
            than features.
        ImportError: if scikit-learn is not installed.

    Example:
        >>> features = np.random.default_rng(0).normal(size=(100, 4))
        >>> curve = precision_recall_distribution(features, features)
        >>> round(curve.f_8, 6), round(curve.f_1_8, 6)
        (1.0, 1.0)

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


def precision_recall_f_scores(precision, recall, beta=8.0):
    """Computes the largest F scores of a curve of precision and recall.

    The F score of `b` is `(1 + b^2) p r / (b^2 p + r)`, at least 0.

    Args:
        precision: `[angles]`, from 0 to 1.
        recall: likewise.
        beta: float > 0. How many times as much as precision recall weighs.

    Returns:
        Pair of floats: the largest F score of `beta`, and that of `1 / beta`.

    Raises:
        ValueError: if shapes differ, a value is not in [0, 1], or `beta` is not
            positive.

    Example:
        >>> curve = precision_recall_of_histograms([5, 5, 0], [5, 0, 5])
        >>> f_8, f_1_8 = precision_recall_f_scores(curve.precision, curve.recall)
        >>> round(f_8, 6), round(f_1_8, 6)
        (0.5, 0.5)

    Reference:
        - Sajjadi et al., 2018, https://arxiv.org/abs/1806.00035
    """
    if not 0 < beta < np.inf:
        raise ValueError(f"`beta` must be positive. Received: beta={beta}")
    precision, recall = np.asarray(precision, "float64"), np.asarray(recall, "float64")
    if precision.shape != recall.shape or precision.ndim != 1 or not len(precision):
        raise ValueError(
            "`precision` and `recall` must be of one shape [angles]. "
            f"Received: {precision.shape} and {recall.shape}"
        )
    for name, values in (("precision", precision), ("recall", recall)):
        if not ((values >= 0) & (values <= 1)).all():
            raise ValueError(f"`{name}` must be in [0, 1]. Received: {name}={values}")
    return _f_score(precision, recall, beta), _f_score(precision, recall, 1 / beta)


def _f_score(precision, recall, beta):
    weighted = beta**2 * precision + recall
    products = (1 + beta**2) * precision * recall
    return float(
        np.divide(products, weighted, where=weighted > 0, out=0 * products).max()
    )


def _summary(precision, recall):
    return PrecisionRecallDistribution(
        precision, recall, *precision_recall_f_scores(precision, recall)
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
            "Precision and recall for distributions need scikit-learn: "
            "pip install scikit-learn"
        ) from error
    # The settings of the paper's code.
    return MiniBatchKMeans(clusters, n_init=10, random_state=seed).fit(features).labels_
