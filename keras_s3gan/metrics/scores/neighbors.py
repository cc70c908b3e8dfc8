"""Exact nearest neighbours of features."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    require_same_dimension,
)
from keras_s3gan.validation import check_integer

_CORES = os.cpu_count() or 1
# Blocks at a time. Their matrix products use the threads of BLAS as well.
THREADS = min(4, max(1, _CORES // 2))
# Exact distances at a time, so that their features stay in the cache.
_PAIRS = 128


def nearest_neighbors(queries, references, k=1):
    """Finds the exact k nearest references of every query.

    Distances are computed from float32 products in blocks. Where rounding could change
    the order, they are computed again from differences in float64.

    Args:
        queries: features `[N, D]`.
        references: features `[M, D]`, M at least k.
        k: int.

    Returns:
        A pair: distances `[N, k]`, float64 and ascending, and indices `[N, k]` into
        `references`. Equal distances are sorted by index.

    Raises:
        ValueError: if a shape is wrong, a value is not finite, or M is below k.

    Example:
        >>> nearest_neighbors([[0.0]], [[3.0], [1.0]], k=2)
        (array([[1., 3.]]), array([[1, 0]]))
    """
    check_integer("k", k)
    queries = checked_features(queries, "queries", 1)
    references = checked_features(references, "references", k)
    require_same_dimension(queries, references)
    rows, columns, squares = nearest_pairs(*point_sets(queries, references), k)
    starts = np.searchsorted(rows, np.arange(len(queries)))
    chosen = starts[:, None] + np.arange(k)
    return np.sqrt(squares[chosen]), columns[chosen]


def nearest_other_distances(points):
    """Computes the distance of every point to its nearest other point.

    Args:
        points: features `[N, D]`, N at least 2.

    Returns:
        float64 `[N]`, 0 for a point that has a copy.
    """
    (point_set,) = point_sets(points)
    # The nearest of each point is itself, or a copy.
    rows, _, squares = nearest_pairs(point_set, point_set, 2)
    return np.sqrt(squares[np.searchsorted(rows, np.arange(len(points))) + 1])


class PointSet:
    """Points `[N, D]`, with float32 copies for fast distances that are rounded.

    The copies are centered, multiplied by `scale` and in a random order (`order`), so
    that each block is a random sample. Fast distances are half squared distances of the
    copies.

    Rounding changes the half squared distance of two copies by at most `rounding *
    (half_i + half_j)`, where `half` is half the squared norm. The error of a float32
    dot product of length D grows with the square root of D (Higham and Mary, 2019,
    https://doi.org/10.1137/18M1226312). Eight times that is never reached by the number
    of pairs that can be compared.
    """

    def __init__(self, points, center, scale):
        self.points = points
        self.scale = scale
        self.order = np.random.default_rng(0).permutation(len(points))
        self.copies = np.empty(points.shape, "float32")
        for start in range(0, len(points), 256):
            rows = slice(start, start + 256)
            self.copies[rows] = (points[self.order[rows]] - center) * scale
        self.halves = 0.5 * np.einsum("ij,ij->i", self.copies, self.copies)
        self.rounding = 8 * (points.shape[1] ** 0.5 + 4) * 2.0**-24

    def half_squares(self, other, rows, columns):
        """Computes half squared distances of two slices of the copies."""
        result = self.copies[rows] @ other.copies[columns].T
        np.subtract(self.halves[rows, None], result, out=result)
        result += other.halves[columns]
        return result

    def errors(self, other, rows, columns):
        """Bounds the errors of half squared distances, for arrays of indices."""
        return self.rounding * (
            self.halves[rows].astype("float64") + other.halves[columns]
        )

    def widened(self, limits, rows=slice(None)):
        """Raises limits on half squared distances to allow for their rounding."""
        halves = self.halves[rows].astype("float64")
        # The norm of a point within the limit is at most the sum of these roots.
        norms = halves + (np.sqrt(halves) + np.sqrt(limits)) ** 2
        return (limits + self.rounding * norms).astype("float32")


def point_sets(*points):
    """Makes a `PointSet` of each array, with a common center and scale."""
    count = sum(map(len, points))
    center = sum(part.sum(axis=0, dtype="float64") for part in points) / count
    largest = max(
        np.abs(part[start : start + 256] - center).max()
        for part in points
        for start in range(0, len(part), 256)
    )
    scale = 1 / largest if largest else 1.0
    return [PointSet(part, center, scale) for part in points]


def blocks(count, k=1):
    """Returns slices of almost equal length, each longer than k."""
    length = max(1024, count // 32, 4 * k)
    bounds = np.linspace(0, count, -(-count // length) + 1).astype(int).tolist()
    return [slice(*pair) for pair in zip(bounds[:-1], bounds[1:], strict=True)]


def nearest_pairs(near, far, k):
    """Finds pairs that include the k nearest points of `far` of every point of `near`.

    The first block of `far` gives an upper bound of the k-th distance of every row; few
    pairs in the other blocks are below it. If both are the same `PointSet`, half of the
    blocks are enough.

    Returns:
        Three arrays `[pairs]`: indices into `near.points`, ascending; indices into
        `far.points`; and float64 squared distances, ascending in each row.
    """
    bounds = np.full(len(near.points), np.inf, "float32")
    found = []
    far_blocks = blocks(len(far.points), k)
    near_blocks = far_blocks if near is far else blocks(len(near.points), k)

    def pairs_of(rows, columns, first):
        half = near.half_squares(far, rows, columns)
        if first and half.shape[1] >= k:
            errors = near.rounding * (near.halves[rows, None] + far.halves[columns])
            upper = np.partition(half + errors, k - 1, axis=1)[:, k - 1]
            bounds[rows] = near.widened(np.maximum(upper, 0), rows)
        row, column = true_pairs(half <= bounds[rows, None])
        pairs = [(row + rows.start, column + columns.start, half[row, column])]
        if near is far and rows != columns:
            row, column = true_pairs(half <= bounds[columns])
            pairs.append((column + columns.start, row + rows.start, half[row, column]))
        return pairs

    with ThreadPoolExecutor(THREADS) as pool:
        for number, columns in enumerate(far_blocks):
            todo = near_blocks[number if near is far else 0 :]
            if not number:
                # The other blocks need the bounds of the first.
                found += pairs_of(todo[0], columns, True)
                todo = todo[1:]
            work = partial(pairs_of, columns=columns, first=not number)
            for pairs in pool.map(work, todo):
                found += pairs
    rows, columns, halves = (np.concatenate(part) for part in zip(*found, strict=True))
    kept = _possibly_nearest(near, far, rows, columns, halves, k)
    rows, columns = near.order[rows[kept]], far.order[columns[kept]]
    squares = squared_distances(near.points, far.points, rows, columns)
    order = np.lexsort((columns, squares, rows))
    return rows[order], columns[order], squares[order]


def _possibly_nearest(near, far, rows, columns, halves, k):
    """Returns a mask of pairs that can be among the k nearest despite rounding."""
    errors = near.errors(far, rows, columns)
    order = np.lexsort((halves + errors, rows))
    starts = np.searchsorted(rows[order], np.arange(len(near.points)))
    ends = np.append(starts[1:], len(order))
    limits = np.full(len(near.points), np.inf)
    enough = ends - starts >= k
    kth = order[starts[enough] + k - 1]
    limits[enough] = halves[kth] + errors[kth]
    return halves - errors <= limits[rows]


def true_pairs(mask):
    """Like `np.nonzero` of a matrix, but faster if few entries are true."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def squared_distances(first, second, rows, columns):
    """Computes float64 squared distances of `first[rows]` and `second[columns]`."""

    def squares(start):
        part = slice(start, start + _PAIRS)
        difference = np.subtract(
            first[rows[part]], second[columns[part]], dtype="float64"
        )
        return np.einsum("ij,ij->i", difference, difference)

    with ThreadPoolExecutor(_CORES) as pool:
        parts = pool.map(squares, range(0, len(rows), _PAIRS))
        return np.concatenate([np.empty(0), *parts])
