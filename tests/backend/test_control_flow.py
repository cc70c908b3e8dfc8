"""What runs several times, or only sometimes, within one program."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.models.small import compiled_gan

ON_JAX = keras.backend.backend() == "jax"


def test_scan_goes_through_the_parts_in_order():
    total = keras.Variable(np.zeros(3, "float32"), trainable=False)
    calls = keras.Variable(0, dtype="int32", trainable=False)
    untouched = keras.Variable(5.0)

    def add(parts):
        number, nothing = parts
        assert nothing is None
        total.assign(2 * total + number * untouched)
        calls.assign_add(1)

    numbers = np.arange(12, dtype="float32").reshape(4, 3)
    run = backend.compiled(
        lambda numbers: backend.scan(add, (numbers, None), [total, calls, untouched]),
        [total, calls, untouched],
    )
    run(numbers)
    expected = 5 * (8 * numbers[0] + 4 * numbers[1] + 2 * numbers[2] + numbers[3])
    np.testing.assert_allclose(ops.convert_to_numpy(total), expected)
    assert int(calls) == 4
    assert float(untouched) == 5


def test_scan_draws_anew_each_time():
    seed = keras.random.SeedGenerator(0)
    drawn = keras.Variable(np.zeros((2, 4), "float32"), trainable=False)

    def draw(index):
        rows = ops.arange(2)[:, None] == index
        noise = keras.random.normal((1, 4), seed=seed)
        drawn.assign(ops.where(rows, noise, drawn.value))

    variables = [seed.state, drawn]
    backend.compiled(lambda parts: backend.scan(draw, parts, variables), variables)(
        np.arange(2, dtype="int32")
    )
    first, second = ops.convert_to_numpy(drawn)
    assert np.all(first != second)
    again = keras.random.SeedGenerator(0)
    for row in (first, second):
        expected = keras.random.normal((1, 4), seed=again)
        np.testing.assert_allclose(row, ops.convert_to_numpy(expected)[0], rtol=1e-5)


@pytest.mark.skipif(not ON_JAX, reason="what JAX traces can be counted")
def test_a_step_does_not_grow_with_its_updates():
    import jax

    def equations(steps):
        gan = compiled_gan(discriminator_steps=steps)
        images = np.zeros((8 * steps, 8, 8, 1), "float32")
        state = [
            [variable.value for variable in variables]
            for variables in (
                gan.trainable_variables,
                gan.non_trainable_variables,
                gan.optimizer.variables,
                gan.metrics_variables,
            )
        ]
        data = (images, np.zeros(8 * steps, "int32"))
        traced = jax.make_jaxpr(gan.train_step)(state, data)
        return str(traced).count("conv_general_dilated[")

    # The first images are made without recording anything.
    forward = compiled_gan().generator
    assert equations(5) == equations(2)
    assert equations(2) - equations(1) <= _convolutions(forward)


def _convolutions(network):
    return sum("onvolution" in layer.name for layer in network._flatten_layers())
