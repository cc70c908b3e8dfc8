"""Losses relative to the other kind of images, against their formulas."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, losses
from tests.differences import differences
from tests.tolerance import assert_close


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


@pytest.mark.parametrize(
    "name", ["relativistic_average_logistic", "relativistic_paired"]
)
def test_logistic_losses_are_those_of_the_papers(name):
    random = np.random.default_rng(1)
    real, fake = random.normal(0.5, 1.0, (2, 6, 1))

    def expected(high, low):
        if name == "relativistic_paired":
            return np.log1p(np.exp(low - high)).mean()
        above = np.log1p(np.exp(low.mean() - high)).mean()
        return above + np.log1p(np.exp(low - high.mean())).mean()

    loss = losses.get(name)
    tensors = [ops.convert_to_tensor(x, "float32") for x in (real, fake)]
    for function, pair, (high, low) in (
        (loss.discriminator, tensors, (real, fake)),
        (loss.generator, tensors[::-1], (fake, real)),
    ):
        value, _, pull = backend.vjp(
            lambda one, other, function=function: (function(one, other), ()), pair
        )
        assert_close(value, np.array(expected(high, low)), 1e-6)
        gradients, _ = pull(ops.ones_like(value))
        slopes = differences(lambda one=high, two=low: expected(one, two), [high, low])
        for gradient, slope in zip(gradients, slopes, strict=True):
            assert_close(gradient, slope, 1e-4)


def test_pairs_need_as_many_images_of_both_kinds():
    with pytest.raises(ValueError, match="4 and 3"):
        losses.get("relativistic_paired").discriminator(
            ops.ones((4, 1)), ops.ones((3, 1))
        )
