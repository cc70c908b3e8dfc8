"""Precision, recall, density and coverage of manifolds of features."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.metrics.scores.neighbors import (
    THREADS,
    blocks,
    nearest_pairs,
    point_sets,
    squared_distances,
    true_pairs,
)
from keras_s3gan.validation import check_integer


class ManifoldScores(NamedTuple):
    """The result of `manifold_scores`: four floats."""

    precision: float
    recall: float
    density: float
    coverage: float


def manifold_scores(real, generated, k=5):
    """Computes improved precision and recall, density and coverage.

    The manifold of a set is the union of open balls around its points. The radius of a
    ball is the distance to the k-th nearest neighbour in the set.

    - precision: fraction of the generated points inside the real manifold;
    - recall: fraction of the real points inside the generated manifold;
    - density: mean number of real balls that a generated point lies in, over k;
    - coverage: fraction of the real balls that contain a generated point.

    The scores are exact: where a rounded distance could be wrong, it is computed again
    in float64. Distances are compared in float32 if both sides are float32 (as in the
    authors' package `prdc`), else in float64. Memory is that of the features in
    float32. A point with k or more copies has an empty ball.

    Args:
        real: features `[N, D]`, N above k.
        generated: features `[M, D]`, M above k.
        k: int. Number of neighbours.

    Returns:
        `ManifoldScores`: `precision`, `recall` and `coverage` in `[0, 1]`, `density` at
        least 0.

    Raises:
        ValueError: if shapes differ, a value is not finite, a set has k points or
            fewer, or all balls of a set are empty (constant features).

    Example:
        >>> features = np.random.default_rng(0).normal(size=(100, 4))
        >>> manifold_scores(features, features).recall
        1.0
        >>> manifold_scores(features, features + 100).recall
        0.0

    Reference:
        - Kynkäänniemi et al., 2019, https://arxiv.org/abs/1904.06991
        - Naeem et al., 2020, https://arxiv.org/abs/2002.09797
    """
    check_integer("k", k)
    sides = []
    for features, name in ((real, "real"), (generated, "generated")):
        sides.append(checked_features(features, name, k + 1))
    require_same_dimension(*sides)
    single = all(side.dtype == "float32" for side in sides)
    dtype = np.dtype("float32" if single else "float64")
    distinct = [_distinct(side) for side in sides]
    near, far = point_sets(*(points for points, _ in distinct))
    real, generated = (
        _Manifold(point_set, weights, name, k, dtype)
        for point_set, (_, weights), name in zip(
            (near, far), distinct, ("real", "generated"), strict=True
        )
    )

    in_real = np.zeros(len(generated.points), bool)
    real_hit = np.zeros(len(real.points), bool)
    in_generated = np.zeros(len(real.points), bool)

    def count_pairs(rows):
        pairs = 0
        for columns in blocks(len(generated.points)):
            half = near.half_squares(far, rows, columns)
            row, column = _inside(near, far, half, rows, columns, real.radii, dtype)
            in_real[column] = real_hit[row] = True
            pairs += int(real.weights[row] @ generated.weights[column])
            column, row = _inside(
                far, near, half.T, columns, rows, generated.radii, dtype
            )
            in_generated[row] = True
        return pairs

    with ThreadPoolExecutor(THREADS) as pool:
        pairs = sum(pool.map(count_pairs, blocks(len(real.points))))
    number_real, number_generated = real.weights.sum(), generated.weights.sum()
    return ManifoldScores(
        precision=float(generated.weights @ in_real / number_generated),
        recall=float(real.weights @ in_generated / number_real),
        density=float(pairs / (k * number_generated)),
        coverage=float(real.weights @ real_hit / number_real),
    )


class _Manifold:
    """Distinct points, their number of copies, and the radii of their balls."""

    def __init__(self, point_set, weights, name, k, dtype):
        self.points, self.weights = point_set.points, weights
        # A point is its own nearest: the k-th other one is among k + 1.
        rows, columns, squares = nearest_pairs(point_set, point_set, k + 1)
        reached = np.cumsum(self.weights[columns])
        starts = np.searchsorted(rows, np.arange(len(self.points)))
        before = np.append(0, reached)[starts]
        self.radii = rounded_root(
            squares[np.searchsorted(reached, before + k + 1)], dtype
        )
        if not self.radii.any():
            raise ValueError(
                f"The points of `{name}` must not all have {k} copies or more, which "
                f"makes all balls empty. Received: {len(self.points)} different points "
                f"among {weights.sum()}"
            )


def _inside(near, far, half, rows, columns, radii, dtype):
    """Returns pairs of indices: a ball of `near` and a point of `far` inside it."""
    radii_here = radii[near.order[rows]]
    limits = 0.5 * (radii_here.astype("float64") * near.scale) ** 2
    row, column = true_pairs(half <= near.widened(limits, rows)[:, None])
    value, limit = half[row, column], limits[row]
    row, column = row + rows.start, column + columns.start
    error = near.errors(far, row, column)
    inside = value + error < limit
    unsure = np.flatnonzero(~inside & (value - error <= limit))
    row, column = near.order[row], far.order[column]
    squares = squared_distances(near.points, far.points, row[unsure], column[unsure])
    inside[unsure] = rounded_root(squares, dtype) < radii[row[unsure]]
    return row[inside], column[inside]


def rounded_root(squares, dtype):
    return np.sqrt(squares.astype(dtype))


def _distinct(features):
    """Returns the distinct rows `[U, D]` and their numbers of copies `[U]`."""
    if len(np.unique(features.sum(axis=1, dtype="float64"))) == len(features):
        return features, np.ones(len(features), int)
    first, weights = {}, []
    for index, row in enumerate(features):
        name = hashlib.blake2b(np.ascontiguousarray(row), digest_size=16).digest()
        place, _ = first.setdefault(name, (len(first), index))
        if place == len(weights):
            weights.append(0)
        weights[place] += 1
    return features[[index for _, index in first.values()]], np.array(weights)
