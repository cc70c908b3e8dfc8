"""Losses: the original's values, and what Keras asks of an object."""

import keras
import pytest
from keras import ops

from keras_s3gan import backend, losses
from tests import golden
from tests.once import once
from tests.tolerance import assert_close

NAMES = sorted(losses.LOSSES)


@pytest.mark.parametrize(
    "name", ["hinge", "least_squares", "non_saturating", "wasserstein"]
)
def test_values_and_gradients_of_the_original(name):
    arrays = golden.load("item1_losses.npz")
    loss = losses.get(name)
    real = ops.convert_to_tensor(arrays["d_real_logits"])
    fake = ops.convert_to_tensor(arrays["d_fake_logits"])

    parts = loss.discriminator_parts(real, fake)
    # The original returns the parts of least squares before halving them.
    whole = 2.0 if name == "least_squares" else 1.0
    assert_close(parts[0] * whole, arrays[f"{name}/d_loss_real"])
    assert_close(parts[1] * whole, arrays[f"{name}/d_loss_fake"])

    value, _, pull = backend.vjp(
        lambda real, fake: (loss.discriminator(real, fake), ()), [real, fake]
    )
    (to_real, to_fake), _ = pull(ops.ones_like(value))
    assert_close(value, arrays[f"{name}/d_loss"])
    assert_close(to_real, arrays[f"{name}/grad_d_loss_wrt_real_logits"])
    assert_close(to_fake, arrays[f"{name}/grad_d_loss_wrt_fake_logits"])

    value, _, pull = backend.vjp(lambda fake: (loss.generator(fake), ()), [fake])
    (to_fake,), _ = pull(ops.ones_like(value))
    assert_close(value, arrays[f"{name}/g_loss"])
    assert_close(to_fake, arrays[f"{name}/grad_g_loss_wrt_fake_logits"])


@pytest.mark.parametrize("name", NAMES)
def test_serializes(name):
    config = keras.saving.serialize_keras_object(losses.get(name))
    assert config["registered_name"].startswith("keras_s3gan>")
    assert type(losses.get(config)) is losses.LOSSES[name]


@pytest.mark.parametrize("name", NAMES)
def test_half_precision_logits_give_a_float32_loss(name):
    logits = ops.cast(ops.ones((4, 1)), "bfloat16")
    loss = losses.get(name).discriminator(logits, logits)
    assert keras.backend.standardize_dtype(loss.dtype) == "float32"


def test_the_logistic_loss_of_stylegan_is_the_non_saturating_one():
    assert type(losses.get("logistic")) is losses.NonSaturating


def test_unknown_loss_is_named():
    with pytest.raises(ValueError, match="loss=hinges"):
        losses.get("hinges")


@once("a difference of logits")
@pytest.mark.parametrize("name", NAMES)
def test_realness_has_a_zero(name):
    loss = losses.get(name)
    real, fake = (ops.cast([[x], [0.0]], "bfloat16") for x in (2.0, 3.0))
    found = loss.realness(real, fake)
    assert keras.backend.standardize_dtype(found.dtype) == "float32"
    compares = loss.relativistic or name == "wasserstein"
    assert_close(found, [[-1.0], [0.0]] if compares else [[2.0], [0.0]], 0)
    # Another zero of the logits does not matter to a loss that compares.
    if compares:
        moved = loss.discriminator(real + 1.0, fake + 1.0)
        assert_close(moved, loss.discriminator(real, fake), 1e-6)
