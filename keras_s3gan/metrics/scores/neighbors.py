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
# Blocks at a time: their products, in a library with threads of its own, take turns.
THREADS = min(4, max(1, _CORES // 2))
_PAIRS = 128  # exact distances at a time: their features stay in the cache


def nearest_neighbors(queries, references, k=1):
    """The exact k nearest references of every query.

    Distances come from float32 products in blocks; those that rounding could have put
    in the wrong order are computed again from differences, in float64.

    Args:
        queries: features `[N, D]`.
        references: features `[M, D]`, M at least k.
        k: int.

    Returns:
        Distances `[N, k]`, float64 and ascending, and indices `[N, k]` into
        `references`. Of equal distances the lower index comes first.

    Raises:
        ValueError: if a shape is another one, a value is not finite, or M is below k.
    """
    check_integer("k", k)
    queries = checked_features(queries, "queries", 1)
    references = checked_features(references, "references", k)
    require_same_dimension(queries, references)
    rows, columns, squares = nearest_pairs(*clouds(queries, references), k)
    starts = np.searchsorted(rows, np.arange(len(queries)))
    chosen = starts[:, None] + np.arange(k)
    return np.sqrt(squares[chosen]), columns[chosen]


class Cloud:
    """Points `[N, D]` and their float32 images, whose distances are quick but rounded.

    Everything quick is in half squared distances, the unit of the images being `scale`.
    The images are in a random order (`order`), so that any block of them is a sample.

    Rounding moves the half square of two images by at most
    `rounding * (half_i + half_j)`, half their squared norms: the error of a float32 dot
    product of length D grows with the root of D (Higham and Mary, 2019,
    https://doi.org/10.1137/18M1226312), and eight times that is not met among as many
    pairs as can be compared.
    """

    def __init__(self, points, center, scale):
        self.points = points
        self.scale = scale
        self.order = np.random.default_rng(0).permutation(len(points))
        self.images = np.empty(points.shape, "float32")
        for start in range(0, len(points), 256):
            rows = slice(start, start + 256)
            self.images[rows] = (points[self.order[rows]] - center) * scale
        self.halves = 0.5 * np.einsum("ij,ij->i", self.images, self.images)
        self.rounding = 8 * (points.shape[1] ** 0.5 + 4) * 2.0**-24

    def half_squares(self, other, rows, columns):
        """Half squared distances of two slices of the images."""
        result = self.images[rows] @ other.images[columns].T
        np.subtract(self.halves[rows, None], result, out=result)
        result += other.halves[columns]
        return result

    def errors(self, other, rows, columns):
        """Bound on the errors of single half squares, for arrays of indices."""
        return self.rounding * (
            self.halves[rows].astype("float64") + other.halves[columns]
        )

    def widened(self, limits, rows=slice(None)):
        """What the half squares of pairs within `limits` do not exceed, rounded."""
        halves = self.halves[rows].astype("float64")
        # The norm of whoever is within the limit is at most the sum of these roots.
        norms = halves + (np.sqrt(halves) + np.sqrt(limits)) ** 2
        return (limits + self.rounding * norms).astype("float32")


def clouds(*points):
    """A `Cloud` of each array of points, about the mean of all and in one unit."""
    count = sum(map(len, points))
    center = sum(part.sum(axis=0, dtype="float64") for part in points) / count
    largest = max(
        np.abs(part[start : start + 256] - center).max()
        for part in points
        for start in range(0, len(part), 256)
    )
    scale = 1 / largest if largest else 1.0
    return [Cloud(part, center, scale) for part in points]


def blocks(count, k=1):
    """Slices of almost equal length, each long enough to sample k neighbors."""
    length = max(1024, count // 32, 4 * k)
    bounds = np.linspace(0, count, -(-count // length) + 1).astype(int).tolist()
    return [slice(*pair) for pair in zip(bounds[:-1], bounds[1:], strict=True)]


def nearest_pairs(near, far, k):
    """Pairs that hold the k nearest points of `far` of every point of `near`, or more.

    The first block of `far` bounds the k-th distance of every row; in the other blocks
    few are below that. A `Cloud` beside itself needs half of the blocks.

    Returns:
        Rows into `near.points`, ascending, columns into `far.points`, and squared
        distances in float64, ascending for each row: `[pairs]` each.
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
                # The other blocks beside it ask for the bounds of the first.
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
    """Which pairs may be among the k nearest of their row, whatever rounding did."""
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
    """`np.nonzero` of a matrix with few that are true, faster."""
    return np.divmod(np.flatnonzero(mask), mask.shape[1])


def squared_distances(first, second, rows, columns):
    """Squared distances `[pairs]` of `first[rows]` and `second[columns]`, float64."""

    def squares(start):
        part = slice(start, start + _PAIRS)
        apart = np.subtract(first[rows[part]], second[columns[part]], dtype="float64")
        return np.einsum("ij,ij->i", apart, apart)

    with ThreadPoolExecutor(_CORES) as pool:
        parts = pool.map(squares, range(0, len(rows), _PAIRS))
        return np.concatenate([np.empty(0), *parts])
