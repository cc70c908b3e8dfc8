"""A few training steps from a stored state, in a process of its own.

    KERAS_BACKEND=… python -m tests.cross_backend.worker INPUT.npz OUTPUT.npz

The input holds images, labels, latents and the labels of generated images for each
step, and every weight; the output holds the first gradients, penalties with theirs,
scores and, for each optimizer, losses and every weight.
"""

import sys

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import label_rows
from keras_s3gan.metrics import Evaluator, FeatureExtractor, RealImages
from keras_s3gan.metrics.features.classifier_network import build_classifier
from keras_s3gan.models import S3GAN, Batch
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from keras_s3gan.penalties import GradientPenalty

CLASSES, LATENT, BATCH, UPDATES, STEPS = 3, 8, 8, 2, 10
# Rates at which the losses fall smoothly: where they jump, ten steps make a difference
# of rounding as large as one pleases. An epsilon in the size of the gradients, because
# Adam otherwise turns the rounding of a zero gradient into a full step.
OPTIMIZERS = {
    "sgd": lambda: keras.optimizers.SGD(1e-4),
    "adam": lambda: keras.optimizers.Adam(2e-5, beta_1=0.0, epsilon=1e-3),
}


class Stored(S3GAN):
    """Draws what was stored for the step that it is in."""

    def random_latents(self, count):
        return self.stored["latents"][self.steps.value]

    def random_rows(self, count):
        return label_rows(self.stored["fake_labels"][self.steps.value], CLASSES)


class Midway(GradientPenalty):
    """Draws a half for every image."""

    def _images(self, real, fake, seed):
        if self.points == "between":
            return (real + fake) / 2.0
        return super()._images(real, fake, seed)


PENALTIES = {
    "wasserstein_gradient_penalty": Midway("between", 1.0),
    "r1": Midway("real", 0.0),
}


def build(optimizer="sgd"):
    shared = {
        "image_size": 32,
        "channels": 1,
        "num_classes": CLASSES,
        "base_channels": 4,
        "attention_blocks": (1,),
    }
    gan = Stored(
        BigGANGenerator(
            latent_dim=LATENT,
            kernel_normalization={"scheme": "spectral", "iterate_at_inference": False},
            **{**shared, "attention_blocks": ()},
        ),
        BigGANDiscriminator(**{**shared, "base_channels": 8}),
        discriminator_steps=UPDATES,
        ema_decay=0.9,
        ema_start_step=2,
        seed=0,
    )
    gan.compile(OPTIMIZERS[optimizer](), OPTIMIZERS[optimizer]())
    return gan


def make_input():
    """Data and weights for every backend to start from."""
    keras.utils.set_random_seed(0)
    # Of 0 a value lies so near to the kink of a relu that rounding decides on its side.
    random = np.random.default_rng(1)
    rows = BATCH * UPDATES
    labels = random.integers(-1, CLASSES, (STEPS, rows)).astype("int32")
    arrays = {
        "images": random.uniform(-1, 1, (STEPS, rows, 32, 32, 1)).astype("float32"),
        "labels": labels,
        "latents": random.standard_normal((STEPS, rows, LATENT)).astype("float32"),
        "fake_labels": random.integers(CLASSES, size=(STEPS, rows)).astype("int32"),
    }
    for index, weight in enumerate(build().weights):
        arrays[f"weight/{index}"] = ops.convert_to_numpy(weight)
    for index, weight in enumerate(evaluation_classifier().weights):
        arrays[f"classifier/{index}"] = ops.convert_to_numpy(weight)
    return arrays


def evaluation_classifier():
    return build_classifier((32, 32, 1), CLASSES)


def gradients(gan, arrays):
    """The discriminator's and the generator's gradients at the stored state."""
    real = Batch(
        ops.convert_to_tensor(arrays["images"][0][:BATCH]),
        label_rows(arrays["labels"][0][:BATCH], CLASSES),
    )
    latents = ops.convert_to_tensor(arrays["latents"][0][:BATCH])
    fake_rows = label_rows(arrays["fake_labels"][0][:BATCH], CLASSES)

    def compute():
        fakes, _, pull = backend.vjp(
            lambda: (gan.generator([latents, fake_rows], training=True), ()),
            variables=gan.generator.trainable_variables,
            state=gan.variables,
        )
        _, of_discriminator = backend.value_and_grad(
            lambda: gan.discriminator_loss(real, Batch(fakes, fake_rows)),
            gan.discriminator_variables,
            gan.variables,
        )
        loss, _, pull_loss = backend.vjp(
            lambda images: gan.generator_loss(Batch(images, fake_rows), real),
            [fakes],
            state=gan.variables,
        )
        (to_images,), _ = pull_loss(ops.ones_like(loss))
        return [*of_discriminator, *pull(to_images)[1]]

    found = backend.compiled(compute, gan.variables)()
    variables = [*gan.discriminator_variables, *gan.generator.trainable_variables]
    return {
        f"{index:03d}/{variable.path}": ops.convert_to_numpy(gradient)
        for index, (variable, gradient) in enumerate(zip(variables, found, strict=True))
    }


def penalties(gan, arrays):
    """Each penalty and its gradient: derivatives of derivatives."""
    real, fake = (ops.convert_to_tensor(arrays["images"][i][:BATCH]) for i in (0, 1))
    rows = label_rows(arrays["fake_labels"][0][:BATCH], CLASSES)
    variables = gan.discriminator.trainable_variables
    outputs = {}
    for name, penalty in PENALTIES.items():

        def compute(penalty=penalty):
            return backend.value_and_grad(
                lambda: (penalty(gan.discriminator, real, fake, rows), ()),
                variables,
                gan.discriminator.variables,
            )

        (value, _), found = backend.compiled(compute, gan.variables)()
        outputs[f"{name}/value"] = ops.convert_to_numpy(value)
        for index, (variable, gradient) in enumerate(
            zip(variables, found, strict=True)
        ):
            key = f"{name}/gradient/{index:03d}/{variable.path}"
            outputs[key] = ops.convert_to_numpy(gradient)
    return outputs


def steps(arrays, optimizer):
    """Losses of every step, and the weights after the last."""
    gan = build(optimizer)
    restore(gan, arrays)
    losses = []
    for images, labels in zip(arrays["images"], arrays["labels"], strict=True):
        gan.reset_metrics()
        logs = gan.train_on_batch(images, labels, return_dict=True)
        losses.append([float(logs[name]) for name in gan.tracked])
    outputs = {f"{optimizer}/losses": np.array(losses)}
    for index, weight in enumerate(gan.weights):
        name = f"{optimizer}/weight/{index:03d}/{weight.path}"
        outputs[name] = ops.convert_to_numpy(weight)
    return outputs


SCORES = (
    *("fid", "fid_infinity", "kid", "inception_score", "intra_class_fid", "ms_ssim"),
    *("class_accuracy", "precision", "recall", "density", "coverage"),
)


def scores(arrays):
    """What a checkpoint is worth, by a network that is the same everywhere."""
    gan = build()
    restore(gan, arrays)
    network = evaluation_classifier()
    network.set_weights(
        [arrays[f"classifier/{i}"] for i in range(len(network.weights))]
    )
    gan.update_standing_statistics(num_batches=4, batch_size=32)
    # Images that precision and coverage can be anything of: those of fewer latents.
    labels = np.arange(300) % CLASSES
    real = RealImages(gan.generate(labels, truncation=1.0, seed=99), labels)
    evaluator = Evaluator(real, FeatureExtractor(network, "classifier", "0"), SCORES)
    found = evaluator.evaluate(gan, num_samples=1000, batch_size=100).records
    return {name: np.array(record.value) for name, record in found.items()}


def restore(gan, arrays):
    gan.stored = {
        name: ops.convert_to_tensor(arrays[name]) for name in ("latents", "fake_labels")
    }
    for index, weight in enumerate(gan.weights):
        weight.assign(arrays[f"weight/{index}"])


def run(arrays):
    gan = build()
    restore(gan, arrays)
    outputs = {f"gradient/{k}": v for k, v in gradients(gan, arrays).items()}
    outputs |= {f"penalty/{k}": v for k, v in penalties(gan, arrays).items()}
    outputs |= {f"score/{k}": v for k, v in scores(arrays).items()}
    for optimizer in OPTIMIZERS:
        outputs |= steps(arrays, optimizer)
    return outputs


if __name__ == "__main__":
    source, target = sys.argv[1:]
    with np.load(source) as stored:
        np.savez(target, **run(dict(stored)))
