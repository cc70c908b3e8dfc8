"""What the benchmark of scaling computes by itself."""

import keras
import numpy as np
import pytest

from benchmarks.growth.rematerialised import rematerialise
from benchmarks.growth.series import deviation, residual
from keras_s3gan import backend
from keras_s3gan.networks import ResidualBlock
from tests.once import once


@once("Python alone")
@pytest.mark.parametrize(
    ("seconds", "expected"), [([2.0, 2.0], 0.0), ([1.0, 3.0], 0.5), ([3.0, 1.0], 0.5)]
)
def test_deviation_from_proportional(seconds, expected):
    assert deviation(seconds) == expected


@once("Python alone")
@pytest.mark.parametrize(
    ("seconds", "expected"),
    [([3.0, 5.0, 9.0], 0.0), ([2.0, 5.0, 8.0], 3 / 17), ([7.0], 0.0)],
)
def test_residual_of_a_line(seconds, expected):
    values = [1, 2, 4][: len(seconds)]
    assert residual(values, seconds) == pytest.approx(expected)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="rematerialised on JAX")
def test_rematerialised_block_does_the_same():
    found = []
    for anew in (False, True):
        keras.utils.set_random_seed(0)
        inputs = keras.Input((4, 4, 2))
        block = ResidualBlock(
            2, normalization="batch", kernel_initializer="random_normal"
        )
        model = keras.Model(inputs, block(inputs))
        if anew:
            rematerialise(model)
        images = keras.random.normal((3, 4, 4, 2), seed=0)

        def loss(images, model=model):
            return keras.ops.sum(model(images, training=True) ** 2), ()

        weights, state = model.trainable_variables, model.non_trainable_variables

        def gradients(images, weights=weights, state=state, loss=loss):
            value, _, pull = backend.vjp(loss, [images], weights, state)
            return value, pull(keras.ops.ones_like(value))

        values = backend.compiled(gradients, [*weights, *state])(images)
        values = [*keras.tree.flatten(values), *(variable.value for variable in state)]
        found.append([np.asarray(value) for value in values])
    for one, other in zip(*found, strict=True):
        # Sums may be in another order. The gradient of a bias in front of a batch
        # normalization is rounding alone.
        np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-5)
