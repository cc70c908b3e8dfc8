"""Latents that end in InfoGAN's code."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.layers.one_hot import to_one_hot
from keras_s3gan.models.interpolation import interpolate_latents
from keras_s3gan.models.latents import Latents
from keras_s3gan.validation import check_integer


class CodedLatents(Latents):
    """Noise, one one-hot vector per categorical variable, numbers in [-1, 1].

    Args:
        dim: int. Total length.
        distribution: of the noise, see `Latents`.
        categorical: tuple of ints >= 2. Number of values of each categorical variable.
        continuous: int >= 0. Number of continuous variables.

    Raises:
        ValueError: if there is no code, or it is longer than `dim`.
    """

    def __init__(self, dim, distribution, categorical, continuous):
        check_integer("continuous_codes", continuous, 0)
        for size in categorical:
            check_integer("categorical_codes", size, 2)
        length = sum(categorical) + continuous
        if not 0 < length <= dim:
            raise ValueError(
                f"A code must have a length from 1 to latent_dim={dim}. Received: "
                f"categorical_codes={tuple(categorical)}, continuous_codes={continuous}"
            )
        super().__init__(dim - length, distribution)
        self.categorical = tuple(categorical)
        self.continuous = continuous
        self.length = length

    def draw(self, count, seed):
        parts = [super().draw(count, seed)]
        for size in self.categorical:
            values = keras.random.randint((count,), 0, size, seed=seed)
            parts.append(to_one_hot(values, size))
        shape = (count, self.continuous)
        parts.append(keras.random.uniform(shape, -1.0, 1.0, seed=seed))
        return ops.concatenate(parts, axis=1)

    def sample(self, random, count, truncation=None, categories=None, continuous=None):
        """As `Latents.sample`, with a chosen code; only the noise is truncated.

        Args:
            random, count, truncation: as there.
            categories: integers `[count, number of categorical variables]`, or without
                the first axis for the same ones in all latents, or `None` for random
                ones.
            continuous: floats `[count, continuous]`, or likewise.

        Raises:
            ValueError: if the code is not of that shape, or a category out of range.
        """
        parts = [super().sample(random, count, truncation)]
        drawn = [random.integers(size, size=count) for size in self.categorical]
        drawn = np.stack(drawn, axis=1) if drawn else np.zeros((count, 0), "int64")
        chosen = _chosen("categories", categories, drawn)
        if ((chosen < 0) | (chosen >= np.array(self.categorical, "int64"))).any():
            raise ValueError(
                f"`categories` must be from 0 to less than {self.categorical}. "
                f"Received: categories={categories}"
            )
        parts += [
            np.eye(size)[chosen[:, index]]
            for index, size in enumerate(self.categorical)
        ]
        drawn = random.uniform(-1.0, 1.0, (count, self.continuous))
        parts.append(_chosen("continuous", continuous, drawn))
        return np.concatenate(parts, axis=1).astype("float32")

    def interpolate(self, start, end, steps):
        """As `Latents.interpolate`, for the noise.

        A mixture of categories is nothing that the generator was trained on: each
        variable keeps the start's for the first half, then has the end's. The
        continuous variables follow a straight line.
        """
        start, end = np.asarray(start), np.asarray(end)
        noise = super().interpolate(start[..., : self.dim], end[..., : self.dim], steps)
        line = interpolate_latents(
            start[..., self.dim :], end[..., self.dim :], steps, "linear"
        )
        categories = line[..., : self.length - self.continuous]
        # Both ends of the line are what was given.
        nearest = np.arange(steps) >= steps / 2
        categories = np.where(
            nearest[:, None], categories[..., -1:, :], categories[..., :1, :]
        )
        continuous = line[..., self.length - self.continuous :]
        return np.concatenate([noise, categories, continuous], axis=-1)

    def code_of(self, latents):
        """The part of latents that is the code."""
        return latents[:, -self.length :]

    def split(self, codes):
        """A list with one part per categorical variable, and the continuous part."""
        parts, start = [], 0
        for size in self.categorical:
            parts.append(codes[:, start : start + size])
            start += size
        return parts, codes[:, start:]


def _chosen(name, values, drawn):
    if values is None:
        return drawn
    values = np.asarray(values)
    kind = np.integer if drawn.dtype.kind == "i" else np.number
    if values.shape not in (drawn.shape, drawn.shape[1:]) or not np.issubdtype(
        values.dtype, kind
    ):
        raise ValueError(
            f"`{name}` must be {kind.__name__}s of shape {list(drawn.shape)} or "
            f"{list(drawn.shape[1:])}. "
            f"Received: {name} of shape {values.shape} and dtype {values.dtype}"
        )
    return np.broadcast_to(values, drawn.shape)
