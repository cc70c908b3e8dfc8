"""The whole S3GAN loss against the original: values, gradients and state."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import label_rows
from keras_s3gan.models import S3GAN
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import golden
from tests.compare_gan import DISCRIMINATOR, GENERATOR, assign, original_name
from tests.networks.test_biggan import TINY_DISCRIMINATOR, TINY_GENERATOR
from tests.tolerance import assert_close

CASES = {"s3gan_hard": "hard", "s3gan_soft": "soft", "s3gan_nopred": None}
NAMING = DISCRIMINATOR._replace(projection="discriminator_projection")


class UnitRangeGenerator(BigGANGenerator):
    """Images in [0, 1], as the original's networks see them."""

    def call(self, inputs, training=None, mask=None):
        return (super().call(inputs, training=training) + 1.0) / 2.0


def build(arrays, predictor):
    gan = S3GAN(
        UnitRangeGenerator(**TINY_GENERATOR),
        BigGANDiscriminator(**TINY_DISCRIMINATOR),
        predictor=predictor,
        seed=0,
    )
    gan.compile("sgd", "sgd")
    assign(gan.generator.weights, arrays, GENERATOR)
    weights = list(gan.discriminator.weights)
    for head in (gan.rotation_head, gan.class_predictor):
        weights += head.weights if head else []
    assign(weights, arrays, NAMING)
    return gan, weights


def one_session(gan, weights, images, rows, latents, fake_rows):
    """Both losses from one state, as one session.run of the original gives them."""
    start = [ops.copy(variable.value) for variable in weights]
    fakes, _, pullback = backend.vjp(
        lambda: (gan.generator([latents, fake_rows], training=True), ()),
        variables=gan.generator.trainable_variables,
        state=gan.variables,
    )
    (d_loss, d_values), d_gradients = backend.value_and_grad(
        lambda: gan.discriminator_loss(images, rows, fakes, fake_rows),
        gan.discriminator_variables,
        gan.variables,
    )
    after = [ops.copy(variable.value) for variable in weights]
    for variable, value in zip(weights, start, strict=True):
        variable.assign(value)
    g_loss, g_values, pull = backend.vjp(
        lambda images: gan.generator_loss(images, fake_rows),
        [fakes],
        state=gan.variables,
    )
    (to_images,), _ = pull(ops.ones_like(g_loss))
    _, g_gradients = pullback(to_images)
    return {
        "fakes": fakes,
        "d": (d_loss, d_values, d_gradients),
        "after": after,
        "g": (g_loss, g_values, g_gradients),
    }


@pytest.mark.parametrize("case", CASES)
def test_losses_gradients_and_state(case):
    arrays = golden.load(f"item6_{case}.npz")
    gan, weights = build(arrays, CASES[case])
    found = backend.compiled(
        lambda *inputs: one_session(gan, weights, *inputs), gan.variables
    )(
        ops.convert_to_tensor(arrays["images"]),
        label_rows(arrays["labels"].astype("int32"), 10),
        ops.convert_to_tensor(arrays["z"]),
        label_rows(arrays["sampled_labels"].astype("int32"), 10),
    )
    assert_close(found["fakes"][:4], arrays["all_images"][11:15], name="images")

    loss, values, gradients = found["d"]
    assert_close(loss, arrays["d_loss"], name="d_loss")
    assert_close(values["rotation_loss_real"], arrays["rotation_loss_real"])
    if CASES[case]:
        assert_close(values["label_fraction"], arrays["label_frac"])
        assert_close(values["class_loss"][0], arrays["class_loss_real"])
    compare_gradients(
        gan.discriminator_variables, gradients, arrays, "d_grad/", NAMING, 4e-4
    )
    compared = 0
    for variable, after in zip(weights, found["after"], strict=True):
        name = original_name(variable, NAMING)
        if name.endswith("u_var"):
            assert_close(after, arrays[f"var_after/{name}"], name=name)
            compared += 1
    assert compared >= 15

    loss, values, gradients = found["g"]
    assert_close(loss, arrays["g_loss"], name="g_loss")
    assert_close(values["rotation_loss_fake"], arrays["rotation_loss_fake"])
    compare_gradients(
        gan.generator.trainable_variables,
        gradients,
        arrays,
        "g_grad/",
        GENERATOR,
        1e-4,
    )


def compare_gradients(variables, gradients, arrays, prefix, naming, relative):
    compared = 0
    for variable, gradient in zip(variables, gradients, strict=True):
        name = original_name(variable, naming)
        expected = arrays[prefix + name]
        # Biases in front of a batch normalization have no gradient but rounding.
        if np.abs(expected).max() > 1e-4:
            assert_close(gradient, expected, relative, name=name)
            compared += 1
    assert compared > 20
