"""The generator's loss over its best images, against that of these images alone."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, losses
from keras_s3gan.models import GAN
from keras_s3gan.models.top_k import ranks, top_k_loss
from tests.models.small import compiled_gan, make_gan
from tests.once import once
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
FAKE, REAL = RANDOM.normal(size=(2, 12, 1)).astype("float32")
MEANS = [
    name for name, loss in losses.LOSSES.items() if loss.paired or not loss.relativistic
]


@pytest.mark.parametrize("name", MEANS)
def test_it_is_the_loss_of_the_best_alone(name):
    loss = losses.get(name)
    pairs = [FAKE, REAL][: 2 if loss.paired else 1]
    for fraction, count in ((1.0, 12), (0.5, 6), (0.3, 4), (0.01, 1)):
        best = np.argsort(-FAKE[:, 0])[:count]
        expected = loss.generator(*(ops.convert_to_tensor(one[best]) for one in pairs))
        found = top_k_loss(loss, [ops.convert_to_tensor(x) for x in pairs], fraction)
        assert_close(found, expected, 1e-5, f"{count}")


def test_only_the_best_have_a_gradient():
    loss = losses.get("non_saturating")
    gradient = backend.input_gradient(
        lambda logits: top_k_loss(loss, [logits], 0.25), ops.convert_to_tensor(FAKE)
    )
    best = np.argsort(-FAKE[:, 0])[:3]
    expected = np.zeros_like(FAKE)
    expected[best] = -1 / (1 + np.exp(FAKE[best])) / 3
    assert_close(gradient, expected, 1e-6)


def test_equal_logits_rank_in_their_order():
    logits = ops.convert_to_tensor([[2.0], [1.0], [2.0], [3.0]])
    np.testing.assert_array_equal(ops.convert_to_numpy(ranks(logits)), [1, 3, 2, 0])


def test_the_part_falls_with_the_steps():
    gan = compiled_gan(model=GAN, top_k_fraction=0.25, top_k_steps=4)
    logits = ops.convert_to_tensor(FAKE)
    for step, count in ((0, 12), (2, 6), (4, 3), (9, 3)):
        gan.steps.assign(step)
        expected = -np.sort(FAKE[:, 0])[-count:].mean()
        assert_close(gan._generator_term(logits), expected, 1e-5, str(step))
    # An evaluation is of all images.
    gan.in_training = False
    assert_close(gan._generator_term(logits), -FAKE.mean(), 1e-5)


@once("no framework takes part")
@pytest.mark.parametrize(
    "loss", ["relativistic_average_hinge", "relativistic_average_logistic"]
)
def test_what_is_relative_to_a_mean_is_refused(loss):
    with pytest.raises(
        ValueError, match=f"Received: loss={losses.LOSSES[loss].__name__}"
    ):
        compiled_gan(model=GAN, top_k_fraction=0.5, loss=loss)


@once("no framework takes part")
@pytest.mark.parametrize(
    "wrong", [{"top_k_fraction": 0}, {"top_k_fraction": 1.5}, {"top_k_steps": 0}]
)
def test_wrong_arguments(wrong):
    ((name, value),) = wrong.items()
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        make_gan(model=GAN, **wrong)
