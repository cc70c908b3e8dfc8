"""Kernel distance, the basis of KID."""

from typing import NamedTuple

import numpy as np
from scipy.linalg import get_blas_funcs

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.validation import check_integer

# Rows and columns of the kernel values that are computed at a time.
_BLOCK = 1024
# Rows that are cubed at a time, so that they stay in the cache.
_CACHED = 64
# The deviation of fewer blocks says little.
_FEWEST_BLOCKS = 5


class KernelDistance(NamedTuple):
    """The result of `kernel_distance`: two floats."""

    mean: float
    standard_deviation: float


def kernel_distance(real, generated, subsets=100, subset_size=1000, seed=0):
    """Computes the kernel distance over random subsets: KID for Inception features.

    This is the unbiased squared maximum mean discrepancy with the kernel
    `(x·y / D + 1)^3`, of subsets drawn without replacement. Being unbiased, it can be
    slightly negative for equal distributions. float32 features are multiplied in
    float32; sums are float64.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`.
        subsets: int. Number of subsets.
        subset_size: int, from 2 to the smaller of N and M. Number of real and of
            generated features in a subset.
        seed: int. Seed of the subsets.

    Returns:
        `KernelDistance`: `mean` and `standard_deviation` over the subsets.

    Raises:
        ValueError: if shapes differ, a value is not finite, or a subset is larger than
            a side.

    Example:
        >>> real, generated = np.zeros((100, 4)), np.ones((100, 4))
        >>> round(kernel_distance(real, generated, subset_size=50).mean, 6)
        7.0

    Reference:
        - Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401
    """
    check_integer("subsets", subsets)
    check_integer("subset_size", subset_size, 2)
    real = checked_features(real, "real", 2)
    generated = checked_features(generated, "generated", 2)
    require_same_dimension(real, generated)
    smallest = min(len(real), len(generated))
    if subset_size > smallest:
        raise ValueError(
            f"`subset_size` must be at most the number of features, {smallest}. "
            f"Received: subset_size={subset_size}"
        )
    sides = _floating(real), _floating(generated)
    random = np.random.default_rng(seed)
    values = [
        _discrepancy(
            *(
                side[random.choice(len(side), subset_size, replace=False)]
                for side in sides
            )
        )
        for _ in range(subsets)
    ]
    return KernelDistance(float(np.mean(values)), float(np.std(values)))


class BlockKernelDistance(NamedTuple):
    """The result of `block_kernel_distance`: two floats."""

    mean: float
    standard_error: float


def block_kernel_distance(real, generated, block_size=1024, seed=0):
    """Computes the kernel distance by blocks, each feature in one of them.

    Both sides are divided into equally many blocks of about equal size. The mean of the
    blocks' values is unbiased, as that of the subsets of `kernel_distance`; unlike
    theirs, these values are independent, so that the mean has a standard error. With
    `seed=None` and sides of equal size this is Compare GAN's KID.

    Args:
        real: features `[N, D]`.
        generated: features `[M, D]`.
        block_size: int, at least 2. Largest number of features of one side in a block.
        seed: int, of the order in which features go into blocks; or `None` for the
            order that they have, which must then be random.

    Returns:
        `BlockKernelDistance`: `mean`, and `standard_error`, which is the standard
        deviation of the blocks' values over the root of their number, NaN for fewer
        than five blocks.

    Raises:
        ValueError: if shapes differ, a value is not finite, or a block has less than
            two features of a side.

    Example:
        >>> real, generated = np.zeros((100, 4)), np.ones((100, 4))
        >>> distance = block_kernel_distance(real, generated, block_size=20)
        >>> round(distance.mean, 6), round(distance.standard_error, 6)
        (7.0, 0.0)

    Reference:
        - Bińkowski et al., 2018, https://arxiv.org/abs/1801.01401
        - blocks: Zaremba et al., 2013, https://arxiv.org/abs/1307.1954
    """
    check_integer("block_size", block_size, 2)
    sides = (
        checked_features(real, "real", 2),
        checked_features(generated, "generated", 2),
    )
    require_same_dimension(*sides)
    blocks = -(-max(map(len, sides)) // block_size)
    smallest = min(map(len, sides))
    if smallest < 2 * blocks:
        raise ValueError(
            f"Each of {blocks} blocks must have two features of a side. "
            f"Received: block_size={block_size}, {smallest} features"
        )
    random = None if seed is None else np.random.default_rng(seed)
    divided = []
    for side in sides:
        if random is not None:
            side = side[random.permutation(len(side))]
        sizes = np.full(blocks, len(side) // blocks)
        sizes[blocks - len(side) % blocks :] += 1
        divided.append(np.split(_floating(side), np.cumsum(sizes)[:-1]))
    values = [_discrepancy(*pair) for pair in zip(*divided, strict=True)]
    error = np.std(values) / blocks**0.5 if blocks >= _FEWEST_BLOCKS else np.nan
    return BlockKernelDistance(float(np.mean(values)), float(error))


def squared_discrepancy(first, second):
    """Computes the unbiased squared maximum mean discrepancy of KID's kernel.

    The kernel is `(x·y / D + 1)^3`. Memory does not depend on the number of features.

    Args:
        first: features `[N, D]`, N at least 2.
        second: features `[M, D]`, M at least 2.

    Returns:
        float; it can be slightly negative for equal distributions.

    Raises:
        ValueError: if shapes differ or a value is not finite.

    Example:
        >>> round(squared_discrepancy(np.zeros((10, 4)), np.ones((10, 4))), 6)
        7.0

    Reference:
        - Gretton et al., 2012, https://jmlr.org/papers/v13/gretton12a.html
    """
    first = _floating(checked_features(first, "first", 2))
    second = _floating(checked_features(second, "second", 2))
    require_same_dimension(first, second)
    return _discrepancy(first, second)


def _discrepancy(first, second):
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
    """Computes the mean of the kernel over pairs of different features."""
    total = 0.0
    for rows in _blocks(len(features)):
        total += 2 * _sum_below_diagonal(features[rows])
        for columns in _blocks(len(features)):
            if columns.start > rows.start:
                total += 2 * _kernel_sum(features[rows], features[columns])
    return total / (len(features) * (len(features) - 1))


# Both functions let BLAS add the products to ones; only the cubes are left to compute.


def _kernel_sum(first, second):
    (gemm,) = get_blas_funcs(["gemm"], [first])
    ones = np.ones((len(second), len(first)), first.dtype, order="F")
    return _sum_of_cubes(
        gemm(
            1 / first.shape[1],
            second.T,
            first.T,
            beta=1,
            c=ones,
            trans_a=True,
            overwrite_c=True,
        )
    )


def _sum_below_diagonal(features):
    (syrk,) = get_blas_funcs(["syrk"], [features])
    count = len(features)
    ones = np.ones((count, count), features.dtype, order="F")
    kernel = syrk(
        1 / features.shape[1],
        features.T,
        beta=1,
        c=ones,
        trans=True,
        lower=True,
        overwrite_c=True,
    )
    # The entries above the diagonal are still one, and so are their cubes.
    np.fill_diagonal(kernel, 0)
    return _sum_of_cubes(kernel) - count * (count - 1) / 2


def _sum_of_cubes(kernel):
    total = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, kernel.shape[1], _CACHED):
            part = kernel.T[start : start + _CACHED]
            cubes = part * part
            cubes *= part
            # Sums of few terms are accurate in float32.
            total += cubes.sum(axis=0).sum(dtype="float64")
    return total


def _blocks(count):
    return [slice(start, start + _BLOCK) for start in range(0, count, _BLOCK)]


def _floating(features):
    single = features.dtype == "float32"
    return np.ascontiguousarray(features, "float32" if single else "float64")
