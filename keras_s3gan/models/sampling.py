"""What a trained GAN is asked for: latents and images, as NumPy arrays."""

import contextlib
import functools

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.standing_statistics import StandingStatistics
from keras_s3gan.validation import check_labels


class Sampling:
    """Mixin of `GAN`: images of its averaged or its raw generator, heads' outputs."""

    def sample_latents(self, count, seed=0):
        """Latents that depend on `seed` alone, the same on every backend.

        Args:
            count: int.
            seed: int, or a `numpy.random.Generator` to draw on from.

        Returns:
            float32 array `[count, latent_dim]`.
        """
        return self._latents.sample(np.random.default_rng(seed), count)

    @property
    def latent_entropy(self):
        """Differential entropy of a latent, in nats."""
        return self._latents.entropy

    def generate(
        self,
        labels=None,
        latents=None,
        truncation=None,
        seed=None,
        averaged=True,
        batch_size=64,
    ):
        """Images for the labels asked for.

        Args:
            labels: integers `[N]` or rows `[N, num_classes]`; for an unconditional GAN
                the number of images.
            latents: `[N, latent_dim]`, or `None` for ones made from `seed`.
            truncation: float > 0 or `None`. Entries of random latents beyond it are
                drawn anew, so it lies within the latents' distribution: at most 1 for
                uniform ones, at most 2 for ones of a truncated normal distribution.
            seed: int or `None` for fresh latents.
            averaged: bool. Use the averaged generator.
            batch_size: int. Images at a time.

        Returns:
            float32 array `[N, H, W, C]` in [-1, 1], channels last on every data format.

        Raises:
            ValueError: if labels or latents do not fit the generator, or the truncation
                does not fit the distribution.
        """
        labels, count = self._generation_labels(labels)
        if latents is None:
            random = np.random.default_rng(seed)
            latents = self._latents.sample(random, count, truncation)
        latents = np.asarray(latents, "float32")
        if latents.shape != (count, self.latent_dim):
            raise ValueError(
                f"`latents` must be of shape [{count}, {self.latent_dim}]. "
                f"Received: latents of shape {latents.shape}"
            )
        inputs = self.generator.generator_inputs(latents, labels)
        images = self._rows_of[averaged](*inputs, batch_size=batch_size)
        if self.data_format == "channels_first":
            images = np.moveaxis(images, 1, -1)
        return images

    @functools.cached_property
    def _rows_of(self):
        """The averaged and the raw generator, as what they do with each row."""
        return {
            True: _in_float32(self.ema_generator),
            False: _in_float32(self.generator),
        }

    def _generation_labels(self, labels):
        if self.num_classes is None:
            return None, int(labels)
        labels = np.asarray(labels)
        labels = check_labels(labels, len(labels), self.num_classes)
        if labels.ndim == 1:
            if (labels < 0).any():
                raise ValueError(
                    "An image needs a class to be generated. Received: label=-1"
                )
            labels = np.eye(self.num_classes, dtype="float32")[labels]
        return labels.astype("float32"), len(labels)

    def discriminate(self, images, labels=None, batch_size=64):
        """How real the discriminator finds images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            labels: as in `generate`, for a discriminator that takes them; without, the
                class plays no part.
            batch_size: int. Images at a time.

        Returns:
            float32 array `[N]` of logits.

        Raises:
            ValueError: if the labels do not fit the discriminator or the images.
        """
        if labels is None or self.discriminator.class_projection is None:
            return self._outputs(
                "logits",
                lambda images: self.discriminator(images)[0],
                [images],
                batch_size,
            )[:, 0]
        rows, count = self._generation_labels(labels)
        if count != len(images):
            raise ValueError(
                "There must be a label for each image. "
                f"Received: {len(images)} images, {count} labels"
            )
        return self._outputs(
            "logits with labels",
            lambda images, rows: self.discriminator(images, labels=rows)[0],
            [images, rows],
            batch_size,
        )[:, 0]

    def _head_outputs(self, head, images, batch_size):
        """What a head says of images, `[N, units]` in float32; see `predict_labels`."""
        return self._outputs(
            head.name,
            lambda images: head(self.discriminator(images)[1]),
            [images],
            batch_size,
        )

    @functools.cached_property
    def _compiled_outputs(self):
        """What was asked of images before, by name."""
        return {}

    def _outputs(self, name, function, arrays, batch_size):
        """`function` of images, and of what else there is, as an array in float32.

        Args:
            name: string. The function is compiled at its first use under it.
        """
        images, *others = (np.asarray(array, "float32") for array in arrays)
        if self.data_format == "channels_first":
            images = np.moveaxis(images, -1, 1)
        if name not in self._compiled_outputs:
            self._compiled_outputs[name] = backend.batched(
                lambda *tensors: ops.cast(function(*tensors), "float32"), self.variables
            )
        layers = [self.discriminator, *self.heads]
        # Power iteration may be on at inference, as Compare GAN has it.
        with _restored([v for layer in layers for v in layer.non_trainable_variables]):
            return self._compiled_outputs[name](images, *others, batch_size=batch_size)

    @functools.cached_property
    def _standing(self):
        return StandingStatistics(self.ema_generator)

    def has_standing_statistics(self):
        """Whether the averaged generator samples with moments of its own images."""
        return self._standing.in_use()

    def update_standing_statistics(self, num_batches=16, batch_size=64, seed=0):
        """Gives the averaged generator moments of its own images.

        Worth doing before sampling or scoring: without, it normalizes with the moving
        moments of the generator that is being trained. A generator without batch
        normalization has no moments, and stays as it is.

        Args:
            num_batches: int >= 1.
            batch_size: int.
            seed: int.
        """
        if not self._standing.layers:
            return
        random = np.random.default_rng(seed)
        self._standing.accumulate(
            self._random_inputs(random, batch_size) for _ in range(num_batches)
        )

    @contextlib.contextmanager
    def standing_statistics(self, num_batches=16, batch_size=64, seed=0):
        """`update_standing_statistics` for what is sampled inside a `with` alone.

        Afterwards all moments are what they were: training goes on as if nothing had
        been sampled.
        """
        with _restored(self.ema_generator.non_trainable_variables):
            self.update_standing_statistics(num_batches, batch_size, seed)
            yield

    def _random_inputs(self, random, count):
        latents = self._latents.sample(random, count)
        if self.num_classes is None:
            return [latents]
        labels = random.integers(self.num_classes, size=count)
        return [latents, np.eye(self.num_classes, dtype="float32")[labels]]


@contextlib.contextmanager
def _restored(variables):
    """Gives variables back the values that they had before a `with`."""
    before = [ops.convert_to_numpy(variable) for variable in variables]
    try:
        yield
    finally:
        for variable, value in zip(variables, before, strict=True):
            variable.assign(value)


def _in_float32(generator):
    return backend.batched(
        lambda *inputs: ops.cast(generator(list(inputs)), "float32"),
        generator.variables,
    )
