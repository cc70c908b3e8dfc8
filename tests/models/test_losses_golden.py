"""Whole losses against the original: values, gradients and state."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import to_one_hot
from keras_s3gan.models import GAN, S3GAN, SSGAN, Batch
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import golden
from tests.compare_gan import DISCRIMINATOR, GENERATOR, assign, original_name
from tests.networks.test_biggan import TINY_DISCRIMINATOR, TINY_GENERATOR
from tests.tolerance import assert_close

CASES = {
    "modulargan_bs8": (GAN, {}),
    # There the labels of rotated generated images are those of real ones; rotated
    # images are in no loss that looks at a label, here or there.
    "ssgan_bs8": (SSGAN, {"rotated_batch_size": 8}),
    "s3gan_hard": (S3GAN, {"predictor": "hard"}),
    "s3gan_soft": (S3GAN, {"predictor": "soft"}),
    "s3gan_nopred": (S3GAN, {"predictor": None}),
}
# Their names of values that we track; not every file has every one.
VALUES = {
    "d_loss": "discriminator_loss",
    "rotation_loss_real": "rotation_loss_real",
    "label_frac": "label_fraction",
    "class_loss_real": "class_loss",
    "g_loss": "generator_loss",
    "rotation_loss_fake": "rotation_loss_fake",
}


class UnitRangeGenerator(BigGANGenerator):
    """Images in [0, 1], as the original's networks see them."""

    def call(self, inputs, training=None, mask=None):
        return (super().call(inputs, training=training) + 1.0) / 2.0


def naming(case):
    """The discriminator's names; S3GAN's projection on the class has its own."""
    if case.startswith("s3gan"):
        return DISCRIMINATOR._replace(projection="discriminator_projection")
    return DISCRIMINATOR


def build(arrays, case):
    model, kwargs = CASES[case]
    gan = model(
        UnitRangeGenerator(**TINY_GENERATOR),
        BigGANDiscriminator(**TINY_DISCRIMINATOR),
        seed=0,
        **kwargs,
    )
    gan.compile("sgd", "sgd")
    assign(gan.generator.weights, arrays, GENERATOR)
    weights = [*gan.discriminator.weights, *[w for h in gan.heads for w in h.weights]]
    assign(weights, arrays, naming(case))
    return gan, weights


@pytest.mark.parametrize("case", CASES)
def test_losses_gradients_and_state(case):
    arrays = golden.load(f"item6_{case}.npz")
    gan, weights = build(arrays, case)
    real = Batch(
        ops.convert_to_tensor(arrays["images"]),
        to_one_hot(arrays["labels"].astype("int32"), 10),
    )
    fake_labels_one_hot = to_one_hot(arrays["sampled_labels"].astype("int32"), 10)
    inputs = [ops.convert_to_tensor(arrays["z"]), fake_labels_one_hot]
    start = [ops.convert_to_numpy(v) for v in weights]

    def compute():
        """Both losses from one state, as one session.run of the original."""
        images, _, pull_to_generator = backend.vjp(
            lambda: (gan.generator(inputs, training=True), ()),
            variables=gan.generator.trainable_variables,
            state=gan.variables,
        )
        (_, of_discriminator), discriminator_gradients = backend.value_and_grad(
            lambda: gan.discriminator_loss(real, Batch(images, fake_labels_one_hot)),
            gan.discriminator_variables,
            gan.variables,
        )
        after = [ops.copy(v.value) for v in weights]
        for variable, value in zip(weights, start, strict=True):
            variable.assign(value)
        loss, of_generator, pull = backend.vjp(
            lambda images: gan.generator_loss(Batch(images, fake_labels_one_hot), real),
            [images],
            state=gan.variables,
        )
        (to_images,), _ = pull(ops.ones_like(loss))
        _, generator_gradients = pull_to_generator(to_images)
        values = {**of_discriminator, **of_generator}
        return images, values, discriminator_gradients, generator_gradients, after

    images, values, *gradients, after = backend.compiled(compute, gan.variables)()
    shown = arrays.get("generated", arrays.get("all_images", [])[11:])
    assert_close(images[:4], shown[:4], name="generated images")
    compare_values(values, arrays)
    for names, variables, found in (
        (naming(case), gan.discriminator_variables, gradients[0]),
        (GENERATOR, gan.generator.trainable_variables, gradients[1]),
    ):
        compare_gradients(variables, found, arrays, names)
    vectors = 0
    for variable, value in zip(weights, after, strict=True):
        name = original_name(variable, naming(case))
        if name.endswith("u_var"):
            assert_close(value, arrays[f"var_after/{name}"], name=name)
            vectors += 1
    assert vectors >= 15


def compare_values(values, arrays):
    for theirs in set(VALUES) & set(arrays):
        value = values[VALUES[theirs]]
        value = value[0] if isinstance(value, tuple) else value
        assert_close(value, arrays[theirs], name=theirs)


def compare_gradients(variables, gradients, arrays, names):
    prefix = f"{names.scope[0]}_grad/"
    compared = 0
    for variable, gradient in zip(variables, gradients, strict=True):
        name = original_name(variable, names)
        expected = arrays[prefix + name]
        # Biases in front of a batch normalization have no gradient but rounding.
        if np.abs(expected).max() > 1e-4:
            assert_close(gradient, expected, name=name)
            compared += 1
    assert compared > 20
