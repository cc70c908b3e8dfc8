"""R1 and R2 by differences of logits, against what they approach."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, penalties
from keras_s3gan.models import GAN
from keras_s3gan.penalties import FiniteDifferences
from tests.differences import differences
from tests.models.small import compiled_gan, data
from tests.penalties.discriminators import OneHidden
from tests.tolerance import assert_close


def images(count=6, seed=0):
    random = np.random.default_rng(seed)
    real, fake = random.uniform(-1, 1, (2, count, 5)).astype("float32")
    return ops.convert_to_tensor(real), ops.convert_to_tensor(fake)


def value_of(penalty, discriminator, real, fake, seed=0):
    copies = penalty.copies(real, fake, keras.random.SeedGenerator(seed))
    logits = [
        ops.ones((0, 1)) if x is None else discriminator(x)[0]
        for x in (real, fake, *copies)
    ]
    return penalty(*logits), copies


@pytest.mark.parametrize("points", ["real", "fake", "both"])
@pytest.mark.parametrize("fraction", [1.0, 0.4])
def test_the_slope_along_the_noise(points, fraction):
    real, fake = images()
    weights = ops.convert_to_tensor([[0.3], [-2.0], [1.0], [0.0], [0.5]])
    penalty = FiniteDifferences(points, epsilon=0.125, batch_fraction=fraction)
    value, copies = value_of(
        penalty, lambda x: (ops.matmul(x, weights), None), real, fake
    )
    expected, noises = 0.0, []
    for kind, originals, copied in zip(
        ("real", "fake"), (real, fake), copies, strict=True
    ):
        if points not in (kind, "both"):
            assert copied is None
            continue
        copied = ops.convert_to_numpy(copied)
        assert len(copied) == {1.0: 6, 0.4: 3}[fraction]
        noise = (copied - ops.convert_to_numpy(originals)[: len(copied)]) / 0.125
        noises.append(noise)
        expected += np.mean((noise @ ops.convert_to_numpy(weights)) ** 2)
    assert_close(value, np.array(expected), 1e-4)
    # Every image has its own noise.
    assert len(np.unique(np.concatenate(noises), axis=0)) == sum(map(len, noises))


def test_its_mean_over_the_noise_is_r1_and_r2():
    random = np.random.default_rng(1)
    discriminator = OneHidden()
    discriminator.set_weights(
        [random.normal(size=w.shape) for w in discriminator.weights]
    )
    real, fake = images(4)
    rows = 4000
    many = [ops.repeat(x, rows, axis=0) for x in (real, fake)]
    value, _ = value_of(FiniteDifferences(epsilon=1e-2), discriminator, *many)
    exact = penalties.get("r1_r2")(discriminator, real, fake)
    # The variance of (n · g)² is 2 |g|⁴, over 16,000 draws of each kind.
    assert_close(value, exact, 0.04)


def test_gradients():
    """Against the formula's, of a discriminator with known derivatives."""
    random = np.random.default_rng(2)
    weights = [random.normal(size=(5, 4)), random.normal(size=(2, 4))]
    weights.append(random.normal(size=(4, 1)))
    discriminator = OneHidden()
    discriminator.set_weights(weights)
    real, fake = images(3)
    penalty = FiniteDifferences("both", epsilon=0.5)
    copies = penalty.copies(real, fake, 0)

    def by_hand():
        first, _, last = weights
        slopes = []
        for originals, copied in zip((real, fake), copies, strict=True):
            before, after = (
                np.tanh(ops.convert_to_numpy(x).astype("float64") @ first) @ last
                for x in (originals, copied)
            )
            slopes.append(np.mean(((after - before) / 0.5) ** 2))
        return sum(slopes)

    def loss():
        logits = [discriminator(x)[0] for x in (real, fake, *copies)]
        return penalty(*logits), ()

    variables = [discriminator.first, discriminator.last]
    (value, _), gradients = backend.value_and_grad(
        loss, variables, discriminator.variables
    )
    assert_close(value, np.array(by_hand()), 1e-5)
    expected = differences(by_hand, [weights[0], weights[2]])
    for gradient, other in zip(gradients, expected, strict=True):
        assert_close(gradient, other, 1e-4)


def test_half_precision_is_subtracted_in_float32():
    before = ops.cast(ops.convert_to_tensor([[256.0], [1.0]]), "bfloat16")
    after = ops.cast(ops.convert_to_tensor([[258.0], [1.0]]), "bfloat16")
    penalty = FiniteDifferences("real", epsilon=1.0)
    value = penalty(before, before, after, ops.ones((0, 1), "bfloat16"))
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    assert float(value) == 2.0


@pytest.mark.parametrize("points", ["real", "both"])
def test_one_call_of_the_discriminator_trains(points, monkeypatch):
    gan = compiled_gan(
        model=GAN,
        penalty=["finite_differences", "centring"]
        if points == "both"
        else {"scheme": "finite_differences", "points": points},
        loss="relativistic_paired",
    )
    seen = []
    call = gan.discriminator.__class__.__call__
    monkeypatch.setattr(
        gan.discriminator.__class__,
        "__call__",
        lambda self, inputs, **kw: (
            seen.append(inputs.shape[0]) or call(self, inputs, **kw)
        ),
    )
    history = gan.fit(*data(32, labelled=1.0), batch_size=8, epochs=1, verbose=0)
    # That of the discriminator's update, and of the generator's with its pairs.
    expected = {"real": {24, 16}, "both": {32, 16}}[points]
    assert set(seen) == expected
    name = {"real": "penalty", "both": "finite_differences_penalty"}[points]
    assert 0 < history.history[name][0] < 1e3


@pytest.mark.parametrize(
    ("argument", "value"),
    [("points", "between"), ("epsilon", 0), ("batch_fraction", 0)],
)
def test_wrong_arguments(argument, value):
    with pytest.raises(ValueError, match=f"{argument}={value}"):
        FiniteDifferences(**{argument: value})
