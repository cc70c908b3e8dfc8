"""Vendi score: the effective number of different images."""

from typing import NamedTuple

import numpy as np
from scipy.special import xlogy

from keras_s3gan.metrics.features.arrays import checked_features, checked_labels

# Rows that are normalized in float64 at a time.
_ROWS = 4096
_TINY = np.finfo("float64").tiny


class IntraClassVendi(NamedTuple):
    """The result of `intra_class_vendi_score`: the mean, and one per class."""

    mean: float
    per_class: dict[int, float]


def vendi_score(features):
    """Computes the Vendi score: the effective number of different images.

    `exp(-sum(l log l))` over the eigenvalues `l` of the matrix of cosine similarities,
    divided by N. It is 1 for equal images and N for images without any similarity. It
    needs no real images: noise has a high score, too. It grows with N: compare only
    values of equal numbers of images.

    Args:
        features: `[N, D]`. Rows of zeros are similar to each other only.

    Returns:
        float, from 1 to the smaller of N and D + 1.

    Raises:
        ValueError: if the shape is wrong, a value is not finite, or there are no rows.

    Example:
        >>> round(vendi_score(np.eye(5)), 6)
        5.0
        >>> round(vendi_score(np.ones((5, 3))), 6)
        1.0

    Reference:
        - Friedman and Dieng, 2023, https://arxiv.org/abs/2210.02410
    """
    features = checked_features(features, "features", 1)
    count, dimension = features.shape
    zeros = count - np.count_nonzero(features.any(axis=1))
    if count <= dimension:
        rows = _unit_rows(features)
        products = rows @ rows.T
    else:
        # The same eigenvalues, besides zeros.
        products = np.zeros((dimension, dimension))
        for start in range(0, count, _ROWS):
            rows = _unit_rows(features[start : start + _ROWS])
            products += rows.T @ rows
    values = np.append(np.linalg.eigvalsh(products), zeros) / count
    values = np.maximum(values, 0)
    return float(np.exp(-xlogy(values, values).sum()))


def _unit_rows(features):
    rows = np.asarray(features, "float64")
    # A row of zeros stays.
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), _TINY)


def intra_class_vendi_score(features, labels):
    """Computes the Vendi score of the images of each class.

    It detects classes of few different images, which the score of all images hides.

    Args:
        features: `[N, D]`.
        labels: integers `[N]`, at least 0.

    Returns:
        `IntraClassVendi`: the `mean` over the classes and `per_class`, a dict from
        label to score.

    Raises:
        ValueError: as `vendi_score`, or if the labels are not as above.

    Example:
        >>> labels = np.array([0, 0, 1, 1])
        >>> features = np.array([[1, 0], [1, 0], [1, 0], [0, 1]])
        >>> intra_class_vendi_score(features, labels).mean
        1.5

    Reference:
        - Friedman and Dieng, 2023, https://arxiv.org/abs/2210.02410
        - within classes: Stein et al., 2023, https://arxiv.org/abs/2306.04675
    """
    features = checked_features(features, "features", 1)
    labels = checked_labels(labels, features, "labels")
    per_class = {
        label: vendi_score(features[labels == label])
        for label in np.unique(labels).tolist()
    }
    return IntraClassVendi(float(np.mean(list(per_class.values()))), per_class)
