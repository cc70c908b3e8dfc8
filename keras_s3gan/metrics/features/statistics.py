"""Mean and covariance of a stream of features."""

import numpy as np
from scipy.linalg import blas

from keras_s3gan.files import atomic_write
from keras_s3gan.validation import check_finite, check_integer

# Rows that are centered in float64 at a time, so that they stay in the cache.
_ROWS = 256


class FeatureStatistics:
    """Mean and covariance of a stream of features, in float64.

    Features are summed relative to the mean of the first batch, so that the variance of
    features far from zero keeps its precision. With N images, n of them in the first
    batch, the error is at most `N / n` roundings. Memory is `O(D^2)`, independent of N.

    Args:
        dimension: int. Number of features per image, D.

    Raises:
        ValueError: if `dimension` is not an integer of at least 1.

    Example:
        >>> statistics = FeatureStatistics(128)
        >>> for batch in np.split(images, 4):
        ...     statistics = statistics.update(extractor.features(batch))
        >>> statistics.covariance.shape
        (128, 128)

    Reference:
        - Chan, Golub and LeVeque, 1983, https://doi.org/10.1080/00031305.1983.10483115
    """

    def __init__(self, dimension):
        check_integer("dimension", dimension)
        self.dimension = dimension
        self.count = 0
        self._shift = np.zeros(dimension)
        self._sum = np.zeros(dimension)
        # The lower triangle in Fortran order, which `syrk` adds to in place.
        self._scatter = np.zeros((dimension, dimension), order="F")

    @classmethod
    def from_features(cls, features):
        """Computes the statistics of one array of features `[N, D]`."""
        features = np.asarray(features)
        if features.ndim != 2:
            raise ValueError(
                f"`features` must be [N, D]. Received: shape={features.shape}"
            )
        return cls(features.shape[1]).update(features)

    def update(self, features):
        """Adds features.

        Args:
            features: `[N, D]`.

        Returns:
            This object.

        Raises:
            ValueError: if the shape differs, or a value is NaN or infinite.
        """
        features = np.asarray(features)
        if features.ndim != 2 or features.shape[1] != self.dimension:
            raise ValueError(
                f"`features` must be [N, {self.dimension}]. "
                f"Received: shape={features.shape}"
            )
        with np.errstate(over="ignore", invalid="ignore"):
            total = features.sum(axis=0, dtype="float64")
        if not np.isfinite(total).all():
            check_finite(features, "features")
        self._require_count(0)
        if not len(features):
            return self
        if not self.count:
            self._shift = total / len(features)
        buffer = np.empty((min(_ROWS, len(features)), self.dimension))
        for start in range(0, len(features), _ROWS):
            part = features[start : start + _ROWS]
            rows = np.subtract(part, self._shift, out=buffer[: len(part)])
            self._sum += rows.sum(axis=0)
            self._scatter = blas.dsyrk(
                1.0, rows.T, beta=1.0, c=self._scatter, lower=1, overwrite_c=1
            )
        self.count += len(features)
        return self

    def merge(self, other):
        """Adds the features of another `FeatureStatistics`; returns this object."""
        if other.dimension != self.dimension:
            raise ValueError(
                f"`other` must have dimension {self.dimension}. "
                f"Received: other.dimension={other.dimension}"
            )
        self._require_count(other.count)
        if not self.count:
            self._shift = other._shift
        # Σ (x - s)(x - s)^T about this shift, from the sums about the other's.
        moved = other._shift - self._shift
        crossed = np.outer(moved, other._sum + 0.5 * other.count * moved)
        self._scatter += other._scatter + (crossed + crossed.T)
        self._sum = self._sum + other._sum + other.count * moved
        self.count += other.count
        return self

    def _require_count(self, other):
        if self.count is None or other is None:
            raise ValueError(
                "Statistics from a file without a number of images cannot be updated "
                "or merged. Received: count=None"
            )

    @property
    def mean(self):
        """Mean `[D]`, float64."""
        self._require(1, "a mean")
        return self._shift + self._sum / (self.count or 1)

    @property
    def covariance(self):
        """Covariance `[D, D]`, float64, normalised by N - 1."""
        lower = self.lower_covariance()
        return np.tril(lower) + np.tril(lower, -1).T

    def lower_covariance(self):
        """Returns the lower triangle of the covariance `[D, D]`, in LAPACK's order."""
        self._require(2, "a covariance")
        if self.count is None:
            return self._scatter.copy(order="F")
        lower = self._scatter / (self.count - 1)
        scale = -1 / (self.count * (self.count - 1))
        return blas.dsyr(scale, self._sum, lower=1, a=lower, overwrite_a=1)

    def _require(self, needed, what):
        if self.count is not None and self.count < needed:
            raise ValueError(
                f"{what.capitalize()} needs the features of at least {needed} images. "
                f"Received: {self.count}"
            )

    def save(self, path):
        """Writes an npz file with `mu` and `sigma`, as pytorch-fid, and `count`."""
        with atomic_write(path) as file:
            arrays = {"mu": self.mean, "sigma": self.covariance}
            if self.count is not None:
                arrays["count"] = self.count
            np.savez(file, **arrays)

    @classmethod
    def load(cls, path):
        """Reads a file that `save` or pytorch-fid wrote.

        Files of pytorch-fid have no number of images: their `count` is `None`, and the
        statistics can be compared but not updated or merged.

        Args:
            path: str or `Path`.

        Returns:
            `FeatureStatistics`.

        Raises:
            ValueError: if the file lacks `mu` or `sigma`.
        """
        with np.load(path, allow_pickle=False) as npz:
            missing = {"mu", "sigma"} - set(npz.files)
            if missing:
                raise ValueError(
                    "A file of feature statistics must have `mu` and `sigma`. "
                    f"Received: path={path} with {sorted(npz.files)}"
                )
            mean, covariance = npz["mu"], npz["sigma"]
            count = int(npz["count"]) if "count" in npz.files else None
        statistics = cls(len(mean))
        statistics.count = count
        statistics._shift = mean.astype("float64")
        scale = 1 if count is None else count - 1
        statistics._scatter = np.asfortranarray(covariance.astype("float64") * scale)
        return statistics
