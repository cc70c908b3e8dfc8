"""Losses: the original's values, and what Keras asks of an object."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, losses
from tests import golden
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


def test_relativistic_average_hinge_is_that_of_the_paper():
    random = np.random.default_rng(0)
    real, fake = random.normal(0.5, 1.0, (2, 6, 1))
    loss = losses.get("relativistic_average_hinge")

    def expected(higher, lower):
        above = np.maximum(0, 1 - (higher - lower.mean()))
        below = np.maximum(0, 1 + (lower - higher.mean()))
        return above.mean() + below.mean()

    tensors = [ops.convert_to_tensor(x, "float32") for x in (real, fake)]
    assert_close(loss.discriminator(*tensors), np.array(expected(real, fake)), 1e-6)
    value, _, pull = backend.vjp(
        lambda fake, real: (loss.generator(fake, real), ()), tensors[::-1]
    )
    assert_close(value, np.array(expected(fake, real)), 1e-6)
    (to_fake, to_real), _ = pull(ops.ones_like(value))
    # Each real logit that lies above the fakes' average by more than the margin pulls
    # that average up.
    pulling = np.mean(1 + (real - fake.mean()) > 0)
    higher = (1 - (fake - real.mean()) > 0).astype("float64")
    assert_close(to_fake, -(higher + pulling) / len(fake), 1e-5)
    lower = (1 + (real - fake.mean()) > 0).astype("float64")
    assert_close(to_real, (lower + higher.mean()) / len(real), 1e-5)


def test_a_relativistic_loss_needs_real_logits():
    with pytest.raises(ValueError, match="real_logits=None"):
        losses.get("relativistic_average_hinge").generator(ops.ones((2, 1)))


def test_the_logistic_loss_of_stylegan_is_the_non_saturating_one():
    assert type(losses.get("logistic")) is losses.NonSaturating


def test_unknown_loss_is_named():
    with pytest.raises(ValueError, match="loss=hinges"):
        losses.get("hinges")


def test_labelled_cross_entropy_ignores_unlabelled_images():
    logits = ops.convert_to_tensor([[5.0, 0.0], [0.0, 5.0], [3.0, 1.0]])
    labels_one_hot = ops.convert_to_tensor([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    label_mask = ops.convert_to_tensor([1.0, 0.0, 1.0])
    expected = losses.labelled_cross_entropy(
        logits[::2], labels_one_hot[::2], ops.convert_to_tensor([1.0, 1.0])
    )
    assert_close(
        losses.labelled_cross_entropy(logits, labels_one_hot, label_mask), expected
    )
    nothing = losses.labelled_cross_entropy(logits, labels_one_hot, ops.zeros((3,)))
    assert float(nothing) == 0.0
