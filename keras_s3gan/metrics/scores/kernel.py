from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_count,
    require_same_dimension,
)

_ROWS = 512  # rows and columns of a block of kernel values


class KernelDistance(NamedTuple):
    """What `kernel_distance` returns: two floats."""

    mean: float
    standard_deviation: float


def kernel_distance(real, generated, subsets=100, subset_size=1000, seed=0):
    """Kernel distance over random subsets, `KID` when the features are Inception's.

    The unbiased squared maximum mean discrepancy under the kernel `(x·y / D + 1)^3` of
    `subset_size` real and as many generated features, drawn without replacement: mean
    and standard deviation over `subsets` drawings. It is unbiased, so that it may be
    slightly negative for equal distributions. Features in float32 are multiplied in
    float32, everything is added up in float64.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`.
        subsets: int.
        subset_size: int, from 2 to the smaller of N and M.
        seed: int. Fixes the drawings.

    Returns:
        `KernelDistance`: `mean` and `standard_deviation`.

    Raises:
        ValueError: if shapes differ, a value is not finite, or a subset is larger than
            a side.

    Reference:
        - Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401
    """
    require_count(subsets, "subsets")
    require_count(subset_size, "subset_size", 2)
    real = checked_features(real, "real", 2)
    generated = checked_features(generated, "generated", 2)
    require_same_dimension(real, generated)
    smallest = min(len(real), len(generated))
    if subset_size > smallest:
        raise ValueError(
            f"`subset_size` must be at most the number of features, {smallest}. "
            f"Received: subset_size={subset_size}"
        )
    random = np.random.default_rng(seed)
    values = [
        squared_discrepancy(
            *(
                side[random.choice(len(side), subset_size, replace=False)]
                for side in (real, generated)
            )
        )
        for _ in range(subsets)
    ]
    return KernelDistance(float(np.mean(values)), float(np.std(values)))


def squared_discrepancy(first, second):
    """Unbiased squared maximum mean discrepancy under the kernel `(x·y / D + 1)^3`.

    Memory is that of a block of kernel values, whatever the number of features.

    Args:
        first: features `[N, D]`, N at least 2.
        second: features `[M, D]`, M at least 2.

    Returns:
        float; below 0 by chance where the distributions are equal.

    Raises:
        ValueError: if shapes differ or a value is not finite.

    Reference:
        - Gretton et al., 2012, https://jmlr.org/papers/v13/gretton12a.html
    """
    first = _floating(checked_features(first, "first", 2))
    second = _floating(checked_features(second, "second", 2))
    require_same_dimension(first, second)
    crossed = sum(
        _kernel_sum(first[rows], second[columns])
        for rows in _blocks(len(first))
        for columns in _blocks(len(second))
    )
    value = _mean_of_others(first) + _mean_of_others(second)
    value -= 2 * crossed / (len(first) * len(second))
    if not np.isfinite(value):
        raise ValueError(
            "The kernel's values must be within the range of the features' dtype. "
            f"Received: features of up to {np.abs(first).max()} and "
            f"{np.abs(second).max()}, {first.dtype}"
        )
    return float(value)


def _mean_of_others(features):
    """Mean of the kernel over the pairs of different features."""
    total = 0.0
    for rows in _blocks(len(features)):
        total += _kernel_sum(features[rows], features[rows], without_diagonal=True)
        for columns in _blocks(len(features)):
            if columns.start > rows.start:
                total += 2 * _kernel_sum(features[rows], features[columns])
    return total / (len(features) * (len(features) - 1))


def _kernel_sum(first, second, without_diagonal=False):
    with np.errstate(over="ignore", invalid="ignore"):
        kernel = first @ second.T
        kernel *= 1 / first.shape[1]
        kernel += 1
        cubed = kernel * kernel
        cubed *= kernel
        if without_diagonal:
            np.fill_diagonal(cubed, 0)
        return cubed.sum(dtype="float64")


def _blocks(count):
    return [slice(start, start + _ROWS) for start in range(0, count, _ROWS)]


def _floating(features):
    single = features.dtype == "float32"
    return np.ascontiguousarray(features, "float32" if single else "float64")
