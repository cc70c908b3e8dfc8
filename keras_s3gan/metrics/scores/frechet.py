"""Fréchet distance, the basis of FID."""

import functools

import numpy as np
from scipy.linalg import blas, eigh, lapack, svdvals

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.metrics.features.statistics import FeatureStatistics


def frechet_distance(first, second):
    """Computes the Fréchet distance of two Gaussians: FID for Inception features.

    `|m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1^(1/2) C2 C1^(1/2))^(1/2))`

    With factors `C = A A^T`, the last trace is the sum of the singular values of
    `A1^T A2`, which equals the sum of the square roots of the eigenvalues of
    `A1^T C2 A1`. Neither can be imaginary, and neither needs an inverse. Eigenvalues
    take a third of the time, but their roots lose half the digits near zero. They are
    used if a bound on their error is below a millionth of the distance. Otherwise the
    singular values are used, which keep float64 precision for singular covariances.
    Features of at most D images are a factor themselves, so that no `[D, D]` matrix is
    needed.

    Args:
        first: `FeatureStatistics`, or features `[N, D]`.
        second: likewise.

    Returns:
        float, at least 0.

    Raises:
        ValueError: if dimensions differ, features are not finite, or either side has
            fewer than two images.

    Example:
        >>> features = np.random.default_rng(0).normal(size=(100, 4))
        >>> round(frechet_distance(features, features + 1), 6)
        4.0

    Reference:
        - Heusel et al., 2017, https://arxiv.org/abs/1706.08500
    """
    first, second = prepared(first), prepared(second)
    if first.dimension != second.dimension:
        raise ValueError(
            "Both sides must have the same number of features. "
            f"Received: {first.dimension} and {second.dimension}"
        )
    shift = first.mean - second.mean
    with np.errstate(over="ignore", invalid="ignore"):
        apart = float(shift @ shift) + first.trace + second.trace
    if not np.isfinite(apart):
        raise ValueError(
            "Means and covariances must be finite and within the range of float64. "
            f"Received: sum of squares {apart}"
        )
    # The smaller factor makes the smaller matrix.
    first, second = sorted((first, second), key=lambda side: side.columns)
    squares = np.maximum(np.linalg.eigvalsh(second.quadratic(first)), 0)
    distance = apart - 2 * np.sqrt(squares).sum()
    rounding = 8 * np.finfo("float64").eps * squares[-1]
    if rounding:
        error = 2 * (rounding / (np.sqrt(squares) + np.sqrt(rounding))).sum()
        if error > 1e-6 * distance:
            distance = apart - 2 * svdvals(first.factor.T @ second.factor).sum()
    return max(0.0, float(distance))


def prepared(given):
    """Prepares a side of `frechet_distance`, to be reused for many distances."""
    if isinstance(given, _CenteredFeatures | _Covariance):
        return given
    if isinstance(given, FeatureStatistics):
        return _Covariance(given)
    features = checked_features(given)
    if len(features) < 2:
        raise ValueError(
            "A covariance needs the features of at least 2 images. "
            f"Received: {len(features)}"
        )
    if len(features) > features.shape[1]:
        return _Covariance(FeatureStatistics.from_features(features))
    return _CenteredFeatures(features)


class _CenteredFeatures:
    """A Gaussian of at most D images. Its factor `[D, N]` is the centered features."""

    def __init__(self, features):
        self.columns, self.dimension = features.shape
        self.mean = features.mean(axis=0, dtype="float64")
        centered = np.asarray(features, "float64") - self.mean
        self.factor = centered.T / np.sqrt(len(features) - 1)
        self.trace = float(np.vdot(self.factor, self.factor))

    def quadratic(self, other):
        """Computes the lower triangle of `F^T C F`; F is the other side's factor."""
        product = self.factor.T @ other.factor
        return product.T @ product


class _Covariance:
    """A Gaussian with a covariance. Its factor is `[D, D]` or `[D, rank]`."""

    def __init__(self, statistics):
        self.columns = self.dimension = statistics.dimension
        self.mean = statistics.mean
        self.lower = statistics.lower_covariance()
        self.trace = float(np.trace(self.lower))

    @functools.cached_property
    def cholesky(self):
        """The Cholesky factor, far faster than eigenvectors; `None` if singular."""
        factor, failed = lapack.dpotrf(self.lower, lower=1)
        return None if failed else factor

    @functools.cached_property
    def factor(self):
        if self.cholesky is not None:
            return self.cholesky
        values, vectors = eigh(self.lower, lower=True)
        # Smaller eigenvalues are rounding errors of zero.
        kept = values > len(values) * np.finfo("float64").eps * values[-1]
        kept[-1] = True
        values = np.maximum(values, 0)
        return vectors[:, kept] * np.sqrt(values[kept])

    def quadratic(self, other):
        """Computes the lower triangle of `F^T C F`; F is the other side's factor."""
        if getattr(other, "cholesky", None) is not None:
            return lapack.dsygst(self.lower, other.cholesky, itype=3, lower=1)[0]
        return other.factor.T @ blas.dsymm(1.0, self.lower, other.factor, lower=1)
