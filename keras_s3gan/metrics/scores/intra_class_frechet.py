"""Fréchet distance within each class."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import checked_features, checked_labels
from keras_s3gan.metrics.scores.frechet import frechet_distance


class IntraClassFrechetDistance(NamedTuple):
    """The result of `intra_class_frechet_distance`: the mean, and one per class."""

    mean: float
    per_class: dict[int, float]


def intra_class_frechet_distance(real, real_labels, generated, generated_labels):
    """Computes the Fréchet distance of real and generated images of each class.

    It detects samples of a wrong class, and classes with too little variety. With few
    images per class it is biased upward: compare only values measured with the same
    number of images. `intra_class_kernel_distance` has no such bias.

    Args:
        real: features `[N, D]`.
        real_labels: integers `[N]`, at least 0.
        generated: features `[M, D]`.
        generated_labels: integers `[M]`: the requested classes.

    Returns:
        `IntraClassFrechetDistance`: the `mean` over the classes and `per_class`, a dict
        from label to distance.

    Raises:
        ValueError: if the shapes are wrong, or a class has fewer than two real or
            generated images.

    Example:
        >>> features = np.random.default_rng(0).normal(size=(100, 4))
        >>> labels = np.arange(100) % 2
        >>> score = intra_class_frechet_distance(features, labels, features + 1, labels)
        >>> round(score.mean, 6)
        4.0

    Reference:
        - Miyato and Koyama, 2018, https://arxiv.org/abs/1802.05637
    """
    per_class = distances_by_class(
        frechet_distance, real, real_labels, generated, generated_labels
    )
    return IntraClassFrechetDistance(
        float(np.mean(list(per_class.values()))), per_class
    )


def distances_by_class(distance, real, real_labels, generated, generated_labels):
    """Computes a distance of real and generated images of each class.

    Args:
        distance: callable of two arrays of features.
        real, real_labels, generated, generated_labels: as in
            `intra_class_frechet_distance`.

    Returns:
        A dict from label to distance.

    Raises:
        ValueError: as `intra_class_frechet_distance`.
    """
    real = checked_features(real, "real", 2)
    generated = checked_features(generated, "generated", 2)
    real_labels = checked_labels(real_labels, real, "real_labels")
    generated_labels = checked_labels(generated_labels, generated, "generated_labels")
    per_class = {}
    for label in np.union1d(real_labels, generated_labels).tolist():
        sides = real[real_labels == label], generated[generated_labels == label]
        if min(map(len, sides)) < 2:
            raise ValueError(
                "Each class needs two real and two generated images. Received: "
                f"{len(sides[0])} real and {len(sides[1])} generated of class {label}"
            )
        per_class[label] = distance(*sides)
    return per_class
