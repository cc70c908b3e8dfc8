"""The whole S3GAN loss against the original: values, gradients and state."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import label_rows
from keras_s3gan.models import S3GAN, Batch
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import compare_gan, golden
from tests.networks.test_biggan import TINY_DISCRIMINATOR, TINY_GENERATOR
from tests.tolerance import assert_close

CASES = {"s3gan_hard": "hard", "s3gan_soft": "soft", "s3gan_nopred": None}
PROJECTION = {"projection": "discriminator_projection"}


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
    compare_gan.assign(gan.generator.weights, arrays, "generator")
    weights = list(gan.discriminator.weights)
    for head in (gan.rotation_head, gan.class_predictor):
        weights += head.weights if head else []
    compare_gan.assign(weights, arrays, "discriminator", **PROJECTION)
    return gan, weights


@pytest.mark.parametrize("case", CASES)
def test_losses_gradients_and_state(case):
    arrays = golden.load(f"item6_{case}.npz")
    gan, weights = build(arrays, CASES[case])
    real = Batch(
        ops.convert_to_tensor(arrays["images"]),
        label_rows(arrays["labels"].astype("int32"), 10),
    )
    fake_rows = label_rows(arrays["sampled_labels"].astype("int32"), 10)
    inputs = [ops.convert_to_tensor(arrays["z"]), fake_rows]
    start = {v.path: ops.convert_to_numpy(v) for v in weights}

    fakes, _, pullback = backend.vjp(
        lambda: (gan.generator(inputs, training=True), ()),
        variables=gan.generator.trainable_variables,
        state=gan.variables,
    )
    assert_close(fakes[:4], arrays["all_images"][11:15], name="generated images")

    (loss, values), gradients = backend.value_and_grad(
        lambda: gan.discriminator_loss(real, Batch(fakes, fake_rows)),
        gan.discriminator_variables,
        gan.variables,
    )
    assert_close(loss, arrays["d_loss"], name="d_loss")
    assert_close(values["rotation_loss_real"], arrays["rotation_loss_real"])
    if CASES[case]:
        assert_close(values["label_fraction"], arrays["label_frac"])
        assert_close(values["class_loss"][0], arrays["class_loss_real"])
    compare_gradients(
        gan.discriminator_variables, gradients, arrays, "d_grad/", "discriminator", 4e-4
    )
    compared = 0
    for variable in weights:
        name = compare_gan.original_name(variable, "discriminator", **PROJECTION)
        if name.endswith("u_var"):
            assert_close(variable, arrays[f"var_after/{name}"], name=name)
            compared += 1
    assert compared >= 15

    # One session.run of the original computes both losses from one state.
    for variable in weights:
        variable.assign(start[variable.path])
    loss, values, pull = backend.vjp(
        lambda images: gan.generator_loss(Batch(images, fake_rows), real),
        [fakes],
        state=gan.variables,
    )
    assert_close(loss, arrays["g_loss"], name="g_loss")
    assert_close(values["rotation_loss_fake"], arrays["rotation_loss_fake"])
    (to_images,), _ = pull(ops.ones_like(loss))
    _, gradients = pullback(to_images)
    compare_gradients(
        gan.generator.trainable_variables,
        gradients,
        arrays,
        "g_grad/",
        "generator",
        1e-4,
    )


def compare_gradients(variables, gradients, arrays, prefix, network, relative):
    compared = 0
    for variable, gradient in zip(variables, gradients, strict=True):
        name = compare_gan.original_name(variable, network, **PROJECTION)
        expected = arrays[prefix + name]
        # Biases in front of a batch normalization have no gradient but rounding.
        if np.abs(expected).max() > 1e-4:
            assert_close(gradient, expected, relative, name=name)
            compared += 1
    assert compared > 20
