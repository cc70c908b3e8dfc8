import numpy as np

from keras_s3gan.files import atomic_write


class FeatureStatistics:
    """Mean and covariance of a stream of features, in float64.

    Batches are merged by the pairwise update of Chan et al., which does not lose the
    variance of features that lie far from zero.

    Args:
        dimension: int. Number of features per image, D.

    Example:
        >>> statistics = FeatureStatistics(128)
        >>> for images in batches:
        ...     statistics.update(classifier.features(images))
        >>> statistics.covariance.shape
        (128, 128)

    Reference:
        - Chan, Golub and LeVeque, 1983, https://doi.org/10.1080/00031305.1983.10483115
    """

    def __init__(self, dimension):
        if not isinstance(dimension, int) or dimension < 1:
            raise ValueError(
                "`dimension` must be an int of at least 1. "
                f"Received: dimension={dimension}"
            )
        self.dimension = dimension
        self.count = 0
        self._mean = np.zeros(dimension)
        self._scatter = np.zeros((dimension, dimension))

    @classmethod
    def from_features(cls, features):
        """Statistics of one array of features `[N, D]`."""
        features = np.asarray(features)
        if features.ndim != 2:
            raise ValueError(
                f"`features` must be [N, D]. Received: shape={features.shape}"
            )
        return cls(features.shape[1]).update(features)

    def update(self, features):
        """Add features `[N, D]`; returns the statistics themselves.

        Raises:
            ValueError: if the shape is another one, or a value is NaN or infinite.
        """
        features = np.asarray(features, "float64")
        if features.ndim != 2 or features.shape[1] != self.dimension:
            raise ValueError(
                f"`features` must be [N, {self.dimension}]. "
                f"Received: shape={features.shape}"
            )
        bad = np.count_nonzero(~np.isfinite(features))
        if bad:
            raise ValueError(
                "`features` must be finite. "
                f"Received: {bad} of {features.size} values NaN or infinite"
            )
        if len(features):
            mean = features.mean(axis=0)
            centered = features - mean
            self._add(len(features), mean, centered.T @ centered)
        return self

    def merge(self, other):
        """Add what another `FeatureStatistics` has seen; returns the statistics."""
        if other.dimension != self.dimension:
            raise ValueError(
                f"`other` must have dimension {self.dimension}. "
                f"Received: other.dimension={other.dimension}"
            )
        self._add(other.count, other._mean, other._scatter)
        return self

    def _add(self, count, mean, scatter):
        if self.count is None or count is None:
            raise ValueError(
                "Statistics from a file that does not say of how many images can be "
                "neither updated nor merged. Received: count=None"
            )
        total = self.count + count
        if not total:
            return
        shift = mean - self._mean
        self._mean = self._mean + shift * (count / total)
        self._scatter = (
            self._scatter
            + scatter
            + np.outer(shift, shift) * (self.count * count / total)
        )
        self.count = total

    @property
    def mean(self):
        """Mean `[D]`, float64."""
        self._require(1, "a mean")
        return self._mean

    @property
    def covariance(self):
        """Covariance `[D, D]`, float64, normalised by N - 1."""
        self._require(2, "a covariance")
        return self._scatter if self.count is None else self._scatter / (self.count - 1)

    def _require(self, needed, what):
        if self.count is not None and self.count < needed:
            raise ValueError(
                f"{what.capitalize()} needs the features of at least {needed} images. "
                f"Received: {self.count}"
            )

    def save(self, path):
        """Write an npz with keys `mu`, `sigma` (as pytorch-fid's files) and `count`."""
        with atomic_write(path) as file:
            arrays = {"mu": self.mean, "sigma": self.covariance}
            if self.count is not None:
                arrays["count"] = self.count
            np.savez(file, **arrays)

    @classmethod
    def load(cls, path):
        """Read a file of `save`, or one of pytorch-fid.

        The latter does not say how many images it saw: its `count` is `None`, and it
        can be compared but not updated or merged.
        """
        with np.load(path, allow_pickle=False) as npz:
            missing = {"mu", "sigma"} - set(npz.files)
            if missing:
                raise ValueError(
                    "A file of feature statistics holds `mu` and `sigma`. "
                    f"Received: path={path} with {sorted(npz.files)}"
                )
            mean, covariance = npz["mu"], npz["sigma"]
            count = int(npz["count"]) if "count" in npz.files else None
        statistics = cls(len(mean))
        statistics.count = count
        statistics._mean = mean.astype("float64")
        scale = 1 if count is None else count - 1
        statistics._scatter = covariance.astype("float64") * scale
        return statistics


def frechet_distance(first, second):
    """Fréchet distance of two Gaussians, `FID` when the features are Inception's.

    `|m1 - m2|^2 + tr(C1) + tr(C2) - 2 tr((C1^(1/2) C2 C1^(1/2))^(1/2))`

    For any factors `C = A A^T` the last trace is the sum of the singular values of
    `A1^T A2`. That is never imaginary, needs no inverse, and keeps full float64
    precision when a covariance is singular (fewer images than features), where the
    square root of a rounded zero would not.

    Args:
        first: `FeatureStatistics`, or features `[N, D]`.
        second: likewise.

    Returns:
        float, at least 0.

    Raises:
        ValueError: if dimensions differ, features are not finite, or either side has
            fewer than two images.

    Reference:
        - Heusel et al., 2017, https://arxiv.org/abs/1706.08500
    """
    first, second = (
        side
        if isinstance(side, FeatureStatistics)
        else FeatureStatistics.from_features(side)
        for side in (first, second)
    )
    if first.dimension != second.dimension:
        raise ValueError(
            "Both sides must have the same number of features. "
            f"Received: {first.dimension} and {second.dimension}"
        )
    first_factor, second_factor = _factor(first), _factor(second)
    overlap = np.linalg.svd(first_factor.T @ second_factor, compute_uv=False).sum()
    shift = first.mean - second.mean
    traces = np.sum(first_factor**2) + np.sum(second_factor**2)
    return max(0.0, float(shift @ shift + traces - 2 * overlap))


def _factor(statistics):
    """A `[D, D]` with `A A^T` the covariance."""
    covariance = statistics.covariance
    try:
        # Far faster than eigenvectors, for a covariance that is not singular.
        return np.linalg.cholesky(covariance)
    except np.linalg.LinAlgError:
        values, vectors = np.linalg.eigh(covariance)
        return vectors * np.sqrt(np.maximum(values, 0))
