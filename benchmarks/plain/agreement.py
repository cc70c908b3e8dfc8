"""Checks that the plain step and ours agree, on the current backend."""

import keras
import numpy as np

from benchmarks.plain import setting as settings
from keras_s3gan.layers import to_one_hot
from keras_s3gan.models import S3GAN

# Rates at which the losses fall smoothly: where they jump, a few steps of Adam make a
# difference of rounding as large as one pleases. An average that moves enough to see.
CALM = {"generator_rate": 2e-5, "discriminator_rate": 2e-5, "ema_decay": 0.5}


class Given(S3GAN):
    """Takes latents and labels of generated images from `drawn`."""

    def random_latents(self, count):
        return self.drawn[0][self.steps.value]

    def random_labels_one_hot(self, count):
        return to_one_hot(self.drawn[1][self.steps.value], self.num_classes)


def plain_step(setting, gan):
    """The plain step of the backend at hand, from the weights of our GAN."""
    backend = keras.backend.backend()
    if backend == "jax":
        from benchmarks.plain.jax_step import PlainStep
    elif backend == "tensorflow":
        from benchmarks.plain.tensorflow_step import PlainStep
    else:
        from benchmarks.plain.torch_step import PlainStep
    return PlainStep(
        setting, settings.generator_arrays(gan), settings.discriminator_arrays(gan)
    )


def compare(setting, steps=3):
    """Trains both from the same weights, on the same batches and latents.

    Args:
        setting: `Setting`, whose rates are lowered.
        steps: int.

    Returns:
        Dictionary from what is compared to the largest relative difference: each value
        that a step gives; and `"average"`, the change of the averaged generator.
    """
    setting = setting._replace(**CALM)
    keras.utils.set_random_seed(0)
    random = np.random.default_rng(0)
    count = setting.images_a_step
    latents = random.standard_normal((steps, count, setting.latent_dim))
    drawn = (
        latents.astype("float32"),
        random.integers(setting.num_classes, size=(steps, count)).astype("int32"),
    )
    gan = settings.build(setting, Given)
    gan.drawn = [keras.ops.convert_to_tensor(values) for values in drawn]
    step = plain_step(setting, gan)
    before = settings.average_weights(gan)

    ours, plain = [], []
    for number in range(steps):
        images, labels = settings.batch(setting, seed=number)
        gan.reset_metrics()
        logs = gan.train_on_batch(images, labels, return_dict=True)
        ours.append({name: float(value) for name, value in logs.items()})
        given = tuple(values[number] for values in drawn)
        plain.append(_means(step(images, labels, given), labels))
    # A loss may cross zero: each is compared with its largest.
    differences = {
        name: max(abs(a[name] - b[name]) for a, b in zip(ours, plain, strict=True))
        / (max(abs(a[name]) for a in ours) or 1.0)
        for name in gan.metric_names
    }
    differences["average"] = _difference(
        settings.average_weights(gan), step.average_weights(), before
    )
    return differences


def _difference(one, other, before):
    """Of the changes of two dictionaries of weights, relative to the first.

    Of kernels alone: biases before a batch normalization have no effect and no gradient
    but rounding, which Adam makes full steps of. In kernels it does so here and there.
    """
    names = [name for name in one if name.endswith("kernel")]
    apart = sum(np.sum((other[name] - one[name]) ** 2) for name in names)
    change = sum(np.sum((one[name] - before[name]) ** 2) for name in names)
    return float(np.sqrt(apart / change))


def _means(values, labels):
    """One number for all updates of a step; those on labels count by their number."""
    values = {
        name: np.array([float(value) for value in each])
        for name, each in values.items()
    }
    updates = len(values["discriminator_loss"])
    labelled = (labels.reshape(updates, -1) >= 0).sum(1)
    weighted = {"class_loss", "class_accuracy"}
    return {
        name: np.average(each, weights=labelled if name in weighted else None)
        for name, each in values.items()
    }
