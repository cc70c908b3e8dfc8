"""The distribution of latents, in training and for samples."""

import math

import keras
import numpy as np

from keras_s3gan.models.interpolation import interpolate_latents


class Latents:
    """Independent entries of one distribution.

    Args:
        dim: int. Length of a latent.
        distribution: `"normal"`; `"uniform"` in [-1, 1]; or `"truncated_normal"`, a
            normal distribution cut at 2.

    Raises:
        ValueError: if the distribution is not known.
    """

    # The largest magnitude of an entry.
    bounds = {"normal": math.inf, "uniform": 1.0, "truncated_normal": 2.0}

    def __init__(self, dim, distribution="normal"):
        if distribution not in self.bounds:
            raise ValueError(
                f"`latent_distribution` must be one of {sorted(self.bounds)}. "
                f"Received: latent_distribution={distribution}"
            )
        self.dim = dim
        self.distribution = distribution

    @property
    def bound(self):
        """Largest magnitude of an entry."""
        return self.bounds[self.distribution]

    @property
    def entropy(self):
        """Differential entropy of a latent, in nats."""
        if self.distribution == "uniform":
            return self.dim * math.log(2 * self.bound)
        whole = 0.5 * math.log(2 * math.pi * math.e)
        if self.distribution == "normal":
            return self.dim * whole
        kept = math.erf(self.bound / math.sqrt(2))
        density = math.exp(-(self.bound**2) / 2) / math.sqrt(2 * math.pi)
        return self.dim * (whole + math.log(kept) - self.bound * density / kept)

    def draw(self, count, seed):
        """A tensor `[count, dim]`, for training.

        Args:
            count: int or scalar tensor.
            seed: `keras.random.SeedGenerator`.
        """
        shape = (count, self.dim)
        if self.distribution == "uniform":
            return keras.random.uniform(shape, -1.0, 1.0, seed=seed)
        if self.distribution == "truncated_normal":
            return keras.random.truncated_normal(shape, seed=seed)
        return keras.random.normal(shape, seed=seed)

    def sample(self, random, count, truncation=None):
        """An array `[count, dim]`, the same on every backend.

        Args:
            random: `numpy.random.Generator`.
            count: int.
            truncation: float or `None`. Entries of a larger magnitude are drawn again.

        Raises:
            ValueError: if `truncation` is not positive or larger than any entry.
        """
        limit = self._limit(truncation)
        if self.distribution == "uniform":
            return random.uniform(-limit, limit, (count, self.dim)).astype("float32")
        latents = random.standard_normal((count, self.dim))
        while (outside := np.abs(latents) > limit).any():
            latents[outside] = random.standard_normal(int(outside.sum()))
        return latents.astype("float32")

    def interpolate(self, start, end, steps):
        """See `GAN.interpolate_latents`."""
        kind = "linear" if self.distribution == "uniform" else "spherical"
        path = interpolate_latents(start, end, steps, kind)
        # Between entries within a bound an arc may leave it.
        return np.clip(path, -self.bound, self.bound)

    def _limit(self, truncation):
        if truncation is None:
            return self.bound
        if not 0 < truncation <= self.bound:
            most = "" if self.bound == math.inf else f" and at most {self.bound:g}"
            raise ValueError(
                f"`truncation` of {self.distribution} latents must be positive{most}. "
                f"Received: truncation={truncation}"
            )
        return truncation
