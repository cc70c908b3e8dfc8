"""What a trained GAN is used for: samples, logits and outputs of heads, in NumPy."""

import contextlib
import functools
import warnings

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.standing_statistics import StandingStatistics
from keras_s3gan.validation import check_image_batch, check_integer, check_labels


class Sampling:
    """Mixin of `GAN`: everything that is not training; arrays in, arrays out."""

    def sample_latents(self, count, seed=0):
        """Latents for a seed, the same on every backend.

        Args:
            count: int.
            seed: int or `numpy.random.Generator`.

        Returns:
            float32 array `[count, latent_dim]`.

        Raises:
            ValueError: if `count` is less than 1.
        """
        check_integer("count", count)
        return self._latents.sample(np.random.default_rng(seed), count)

    def interpolate_latents(self, start, end, steps):
        """Latents on the way from some latents to others, as their distribution has it.

        Along an arc for normal latents, which lie near a sphere; for truncated normal
        ones likewise, with entries cut at 2; along a straight line for uniform ones.
        Of InfoGAN's code each categorical variable changes once, in the middle, and
        continuous variables follow a straight line.

        Args:
            start: `[..., latent_dim]`.
            end: likewise.
            steps: int >= 2. Number of latents, both ends included.

        Returns:
            float32 array `[..., steps, latent_dim]`.

        Raises:
            ValueError: if the latents have other shapes, or `steps` is less than 2.

        Example:
            >>> start, end = gan.sample_latents(2)
            >>> gan.generate([3] * 8, gan.interpolate_latents(start, end, 8))
        """
        for name, latents in (("start", start), ("end", end)):
            if np.shape(latents)[-1:] != (self.latent_dim,):
                raise ValueError(
                    f"`{name}` must be of shape [..., {self.latent_dim}]. "
                    f"Received: {name} of shape {np.shape(latents)}"
                )
        check_integer("steps", steps, 2)
        return self._latents.interpolate(start, end, steps)

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
        """Generates images.

        Args:
            labels: integers `[N]`, or one-hot or soft labels `[N, num_classes]`; for an
                unconditional GAN the number of images.
            latents: `[N, latent_dim]`, or `None` for random ones.
            truncation: float > 0 or `None`. Entries of random latents with a larger
                magnitude are drawn again ("truncation trick"). At most 1 for uniform
                latents, at most 2 for truncated normal ones.
            seed: int or `None`. Seed of the random latents.
            averaged: bool. Whether to use the averaged generator.
            batch_size: int. Images per call of the network.

        Returns:
            float32 array `[N, H, W, C]` in [-1, 1], channels last on every data format.

        Raises:
            ValueError: if labels or latents do not fit the generator, or the truncation
                does not fit the distribution.
        """
        check_integer("batch_size", batch_size)
        labels, count = self._generation_labels(labels)
        inputs = self._generation_inputs(labels, count, latents, truncation, seed)
        if averaged:
            self._check_average()
        images = self._batched_generators[averaged](*inputs, batch_size=batch_size)
        if self.data_format == "channels_first":
            images = np.moveaxis(images, 1, -1)
        return images

    def _generation_inputs(
        self, labels_one_hot, count, latents=None, truncation=None, seed=None
    ):
        """The arrays that a generator takes for `count` images."""
        if latents is None:
            random = np.random.default_rng(seed)
            latents = self._latents.sample(random, count, truncation)
        latents = np.asarray(latents, "float32")
        if latents.shape != (count, self.latent_dim):
            raise ValueError(
                f"`latents` must be of shape [{count}, {self.latent_dim}]. "
                f"Received: latents of shape {latents.shape}"
            )
        return self._generator_inputs(latents, labels_one_hot)

    @functools.cached_property
    def _batched_generators(self):
        """The averaged and the raw generator as functions of arrays of any length."""
        return {
            True: _in_float32(self.ema_generator),
            False: _in_float32(self.generator),
        }

    def _check_average(self):
        """Warns if weights were loaded that the averaged generator does not have."""
        if self.step_count:
            return
        learned = {id(variable) for variable in self.generator.trainable_variables}
        pairs = zip(self.generator.weights, self.ema_generator.weights, strict=True)
        if all(
            np.array_equal(*map(ops.convert_to_numpy, pair))
            for pair in pairs
            if id(pair[0]) in learned
        ):
            return
        warnings.warn(
            "No training step was made, but generator and averaged generator have "
            "different weights. Images are those of the averaged one. If you loaded "
            "weights into `generator` only, call `reset_average()`.",
            stacklevel=4,
        )

    def _generation_labels(self, labels):
        if self.num_classes is None:
            check_integer("labels", labels, 1)
            return None, int(labels)
        labels = np.asarray(labels)
        if labels.ndim == 0 or not labels.size:
            raise ValueError(
                f"A GAN of {self.num_classes} classes generates images of labels [N] "
                f"or [N, num_classes]. Received: labels={labels}"
            )
        labels = check_labels(labels, len(labels), self.num_classes)
        if labels.ndim == 1:
            if (labels < 0).any():
                raise ValueError(
                    "An image is generated for a class, from 0. Received: label=-1"
                )
            labels = np.eye(self.num_classes, dtype="float32")[labels]
        return labels.astype("float32"), len(labels)

    def discriminate(self, images, labels=None, batch_size=64):
        """The discriminator's logits for images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            labels: as in `generate`, or `None` for logits without the class
                projection. A discriminator without one ignores them.
            batch_size: int. Images per call of the network.

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
        labels_one_hot, count = self._generation_labels(labels)
        if count != len(images):
            raise ValueError(
                "There must be one label per image. "
                f"Received: {len(images)} images, {count} labels"
            )
        return self._outputs(
            "logits with labels",
            self._logits_with_labels,
            [images, labels_one_hot],
            batch_size,
        )[:, 0]

    def _predicted_classes(self, head, images, batch_size):
        """The class that a head finds most probable, int32 `[N]`."""
        logits = self._head_outputs(head, images, batch_size)
        return logits.argmax(axis=-1).astype("int32")

    def _head_outputs(self, head, images, batch_size):
        """A head's outputs for images: a float32 array `[N, units]`."""
        return self._outputs(
            head.name,
            lambda images: head(self.discriminator(images)[1]),
            [images],
            batch_size,
        )

    @functools.cached_property
    def _compiled_outputs(self):
        """Compiled functions of `_outputs`, by name."""
        return {}

    def _outputs(self, name, function, arrays, batch_size):
        """Compiles and calls a function of images: a float32 array.

        Args:
            name: string. A function is compiled once per name.
            function: callable over tensors `[N, …]`.
            arrays: list of its arguments; images first, channels last.
            batch_size: int.
        """
        check_integer("batch_size", batch_size)
        check_image_batch(np.asarray(arrays[0]), self.image_shape)
        images, *others = (np.asarray(array, "float32") for array in arrays)
        if self.data_format == "channels_first":
            images = np.moveaxis(images, -1, 1)
        if name not in self._compiled_outputs:
            self._compiled_outputs[name] = backend.batched(
                lambda *tensors: ops.cast(function(*tensors), "float32"), self.variables
            )
        layers = [self.discriminator, *self.heads]
        # Power iteration may run at inference, too, as in Compare GAN.
        with restored([v for layer in layers for v in layer.non_trainable_variables]):
            return self._compiled_outputs[name](images, *others, batch_size=batch_size)

    @functools.cached_property
    def _standing(self):
        return StandingStatistics(self.ema_generator)

    def has_standing_statistics(self):
        """Whether the averaged generator has standing statistics."""
        return self._standing.in_use()

    def update_standing_statistics(self, num_batches=16, batch_size=64, seed=0):
        """Computes the averaged generator's batch moments on its own images.

        Do this before sampling or scoring. Otherwise the averaged generator normalizes
        with the moving moments of the trained generator. Without batch normalization
        this changes nothing.

        Args:
            num_batches: int >= 1.
            batch_size: int.
            seed: int.

        Raises:
            ValueError: if an argument is less than 1.

        Reference:
            - Brock et al., 2019, https://arxiv.org/abs/1809.11096
        """
        check_integer("num_batches", num_batches)
        check_integer("batch_size", batch_size)
        if not self._standing.layers:
            return
        random = np.random.default_rng(seed)
        self._standing.accumulate(
            self._random_inputs(random, batch_size) for _ in range(num_batches)
        )

    @contextlib.contextmanager
    def standing_statistics(self, num_batches=16, batch_size=64, seed=0):
        """Context manager: `update_standing_statistics` for the samples inside of it.

        All moments are restored at the end, so that training is not affected.
        """
        with restored(self.ema_generator.non_trainable_variables):
            self.update_standing_statistics(num_batches, batch_size, seed)
            yield

    def _random_inputs(self, random, count):
        latents = self._latents.sample(random, count)
        if self.num_classes is None:
            return self._generator_inputs(latents, None)
        labels = self._labels.sample(random, count)
        labels_one_hot = np.eye(self.num_classes, dtype="float32")[labels]
        return self._generator_inputs(latents, labels_one_hot)


@contextlib.contextmanager
def restored(variables):
    """Context manager that restores the values of variables at its end."""
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
