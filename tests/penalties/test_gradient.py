"""Penalties on gradients: the original's values, and second derivatives by hand."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, penalties
from tests import golden
from tests.differences import differences
from tests.penalties.discriminators import OneHidden, original
from tests.tolerance import assert_close


def value_and_gradients(discriminator, compute):
    """Through a compiled function, as in a training step."""
    variables = discriminator.trainable_variables

    def run():
        return backend.value_and_grad(
            lambda: (compute(), ()), variables, discriminator.variables
        )

    (value, _), gradients = backend.compiled(run, discriminator.variables)()
    return value, gradients


@pytest.mark.parametrize(
    ("ours", "theirs", "drawn"),
    [
        # The original's images are in [0, 1]; the noise is in proportion to them.
        ({"scheme": "dragan", "clip": (0.0, 1.0)}, "dragan", "dragan_uniform"),
        ("wasserstein_gradient_penalty", "wgangp", "wgangp_alpha"),
        ("l2", "l2", None),
    ],
    ids=["dragan", "wgangp", "l2"],
)
def test_values_and_gradients_of_the_original(ours, theirs, drawn, monkeypatch):
    arrays = golden.load("item2_penalties.npz")
    discriminator = original()
    names = [f"{layer}/{part}" for layer in ("c1", "c2", "fc") for part in WEIGHTS]
    for weight, name in zip(discriminator.weights, names, strict=True):
        weight.assign(arrays[f"var/discriminator/{name}"])
    real, fake = (ops.convert_to_tensor(arrays[name]) for name in ("x", "x_fake"))
    assert_close(discriminator(real)[0], arrays["logits_real"])

    penalty = penalties.get(ours)
    if penalty.acts_on == "kernels":
        arguments = {"network": discriminator}
    else:
        arguments = {"discriminator": discriminator, "real": real, "fake": fake}

        def uniform(shape, seed):
            assert tuple(shape) == arrays[drawn].shape
            return ops.convert_to_tensor(arrays[drawn])

        monkeypatch.setattr(keras.random, "uniform", uniform)
    value, gradients = value_and_gradients(discriminator, lambda: penalty(**arguments))
    assert_close(value, arrays[f"{theirs}/penalty"], name="penalty")
    for gradient, name in zip(gradients, names, strict=True):
        expected = arrays[f"{theirs}/grad/discriminator/{name}"]
        assert_close(gradient, expected, name=name)


WEIGHTS = ("kernel", "bias")


def numbers():
    random = np.random.default_rng(0)
    weights = [random.normal(size=shape) for shape in ((5, 4), (2, 4), (4, 1))]
    real, fake = random.uniform(-1, 1, (2, 3, 5))
    real_labels, fake_labels = np.eye(2)[[0, 1, 0]], np.eye(2)[[1, 1, 0]]
    return weights, real, fake, real_labels, fake_labels


def by_hand(weights, images, labels, target, one_sided):
    first, classes, last = weights
    slope = 1 - np.tanh(images @ first + labels @ classes) ** 2
    squares = np.sum(((slope * last[:, 0]) @ first.T) ** 2, axis=1)
    if not target:
        return squares.mean()
    excess = np.sqrt(squares + 1e-4) - target
    return np.mean((np.maximum(excess, 0) if one_sided else excess) ** 2)


@pytest.mark.parametrize(
    ("penalty", "points", "target", "one_sided"),
    [
        ("r1", "real", 0, False),
        ("r2", "fake", 0, False),
        ("r1_r2", "both", 0, False),
        ("wasserstein_gradient_penalty", "between", 1, False),
        # One of these gradients is shorter than the target.
        (
            {"scheme": "gradient", "points": "real", "one_sided": True},
            *("real", 1, True),
        ),
        ({"scheme": "dragan", "clip": (-0.8, 0.8)}, "around_real", 1, False),
        ({"scheme": "gradient", "points": "fake", "target": 2}, "fake", 2, False),
    ],
    ids=str,
)
def test_second_derivatives(penalty, points, target, one_sided, monkeypatch):
    """float64 differences say the same as each backend's gradient of a gradient."""
    weights, real, fake, real_labels, fake_labels = numbers()
    drawn = np.random.default_rng(1).uniform(size=real.shape)
    images = {
        "real": real,
        "fake": fake,
        "both": np.concatenate([real, fake]),
        "between": real + drawn[:, :1] * (fake - real),
        "around_real": np.clip(real + real.std() * (drawn - 0.5), -0.8, 0.8),
    }[points]
    labels = fake_labels if points == "fake" else real_labels
    kinds = 1
    if points == "both":
        labels, kinds = np.concatenate([real_labels, fake_labels]), 2

    def expected_value():
        return kinds * by_hand(weights, images, labels, target, one_sided)

    expected = expected_value()
    slopes = differences(expected_value, weights)

    discriminator = OneHidden()
    discriminator.set_weights(weights)
    monkeypatch.setattr(
        keras.random,
        "uniform",
        lambda shape, seed: ops.convert_to_tensor(drawn[:, : shape[1]], "float32"),
    )
    tensors = [
        ops.convert_to_tensor(x, "float32")
        for x in (real, fake, real_labels, fake_labels)
    ]
    value, gradients = value_and_gradients(
        discriminator, lambda: penalties.get(penalty)(discriminator, *tensors)
    )
    assert_close(value, np.array(expected), 1e-5)
    for gradient, slope in zip(gradients, slopes, strict=True):
        assert_close(gradient, slope, 1e-4)


def test_draws_repeat_themselves_by_seed():
    _, real, fake, *_ = numbers()
    real, fake = (ops.convert_to_tensor(x, "float32") for x in (real, fake))
    for name in ("wasserstein_gradient_penalty", "dragan"):
        images = [penalties.get(name)._images(real, fake, seed) for seed in (3, 3, 4)]
        assert_close(images[1], images[0], 0)
        assert np.abs(ops.convert_to_numpy(images[2] - images[0])).max() > 1e-3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"points": "everywhere"}, "points=everywhere"), ({"target": -1}, "target=-1")],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        penalties.GradientPenalty(**arguments)
