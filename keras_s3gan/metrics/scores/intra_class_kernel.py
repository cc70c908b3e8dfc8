"""Kernel distance within each class."""

from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.scores.intra_class_frechet import distances_by_class
from keras_s3gan.metrics.scores.kernel import squared_discrepancy


class IntraClassKernelDistance(NamedTuple):
    """The result of `intra_class_kernel_distance`: the mean, and one per class."""

    mean: float
    per_class: dict[int, float]


def intra_class_kernel_distance(real, real_labels, generated, generated_labels):
    """Computes the kernel distance of real and generated images of each class.

    The score by class for classes of few images. The Fréchet distance of few images is
    biased upward, the more the fewer they are, so that classes of different sizes
    cannot be compared. This one has no bias, whatever the two numbers of images; few
    images make it noisy only. It can be slightly negative. Each class is one block of
    all its images, not the mean of subsets.

    Args:
        real: features `[N, D]`.
        real_labels: integers `[N]`, at least 0.
        generated: features `[M, D]`.
        generated_labels: integers `[M]`: the requested classes.

    Returns:
        `IntraClassKernelDistance`: the `mean` over the classes and `per_class`, a dict
        from label to distance.

    Raises:
        ValueError: if the shapes are wrong, or a class has fewer than two real or
            generated images.

    Example:
        >>> labels = np.arange(20) % 2
        >>> real, generated = np.zeros((20, 4)), np.ones((20, 4))
        >>> score = intra_class_kernel_distance(real, labels, generated, labels)
        >>> round(score.mean, 6)
        7.0

    Reference:
        - Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401, which shows the bias
          of FID and that this estimate has none
    """
    per_class = distances_by_class(
        squared_discrepancy, real, real_labels, generated, generated_labels
    )
    return IntraClassKernelDistance(float(np.mean(list(per_class.values()))), per_class)
