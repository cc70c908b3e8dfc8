"""The losses of a GAN on held-out images, without a change of any variable."""

import contextlib

import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models.objective import Batch
from keras_s3gan.models.sampling import restored


class Evaluation:
    """What `GAN.evaluate` computes, compiled once for each size of a batch.

    Args:
        gan: compiled `GAN`.
    """

    def __init__(self, gan):
        self.gan = gan
        self._compiled = {}

    def totals(self):
        """New `Totals`, whose random latents are the same each time."""
        return Totals(self)

    def batch_sums(self, batch, latents, fake_labels):
        """Dict from names to arrays: a sum, and the weight that it is over.

        Args:
            batch: `(images, labels)`, or images alone.
            latents, fake_labels: `numpy.random.Generator` of each.
        """
        parts = batch if isinstance(batch, (tuple, list)) else (batch,)
        inputs = {"images": ops.convert_to_numpy(parts[0]).astype("float32")}
        count = len(inputs["images"])
        inputs["latents"] = self.gan.sample_latents(count, latents)
        if self.gan.num_classes is not None:
            labels = ops.convert_to_numpy(parts[1])
            whole = labels.dtype.kind in "iu"
            inputs["labels"] = labels.astype("int32" if whole else "float32")
            drawn = self.gan._labels.sample(fake_labels, count)
            inputs["fake_labels"] = np.eye(self.gan.num_classes, dtype="float32")[drawn]
        if count not in self._compiled:
            # The losses take the size of a batch for a constant.
            self._compiled[count] = backend.compiled(self._sums, self.gan.variables)
        with self._inference():
            sums = self._compiled[count](inputs)
        return {name: ops.convert_to_numpy(sums[name]).astype(float) for name in sums}

    @contextlib.contextmanager
    def _inference(self):
        """A context in inference mode that restores what layers assign in it.

        Power iteration may run at inference, too, as in Compare GAN.
        """
        gan = self.gan
        networks = [gan.generator, gan.discriminator, *gan.heads]
        gan.in_training = False
        try:
            with restored([v for n in networks for v in n.non_trainable_variables]):
                yield
        finally:
            gan.in_training = True

    def _sums(self, inputs):
        gan = self.gan
        images, latents = inputs["images"], inputs["latents"]
        real = Batch(images, gan._one_hot(inputs.get("labels")))
        fake_labels = gan._paired_labels(real.labels_one_hot, inputs.get("fake_labels"))
        generated = gan.generator(
            gan._generator_inputs(latents, fake_labels), training=False
        )
        fake = Batch(generated, fake_labels, latents)
        _, values = gan.discriminator_loss(real, fake)
        _, more_values = gan.generator_loss(fake, real)
        sums = {}
        for name, value in {**values, **more_values}.items():
            pair = value if isinstance(value, tuple) else (value, images.shape[0])
            mean, weight = (ops.cast(part, "float32") for part in pair)
            # Counts of labelled images are means over the replicas already.
            (sums[name],) = backend.replica_mean(ops.stack([mean * weight, weight]))
        return sums


class Totals:
    """Sums over the batches so far.

    Args:
        evaluation: `Evaluation`.
    """

    def __init__(self, evaluation):
        self._evaluation = evaluation
        # One for each, so that the draws do not depend on how images are batched.
        self._latents, self._labels = np.random.default_rng(0).spawn(2)
        self._sums = {}

    def add(self, batch):
        """Adds a batch; returns the means so far, by name in the order of metrics."""
        found = self._evaluation.batch_sums(batch, self._latents, self._labels)
        for name, sums in found.items():
            self._sums[name] = self._sums.get(name, 0.0) + sums
        means = {}
        for name in self._evaluation.gan.metric_names:
            if name in self._sums:
                total, weight = self._sums[name]
                means[name] = float(total / weight) if weight else 0.0
        return means
