"""Updates of variables and of their averages."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close


@pytest.mark.parametrize("name", ["sgd", "adam"])
def test_an_update_is_that_of_the_optimizer(name):
    found = []
    for ours in (True, False):
        variables = [keras.Variable([1.0, 2.0]), keras.Variable(3.0)]
        gradients = [ops.convert_to_tensor([0.5, -1.0]), ops.convert_to_tensor(2.0)]
        optimizer = keras.optimizers.get(name)
        optimizer.build(variables)
        for _ in range(2):
            if ours:
                backend.apply_gradients(optimizer, gradients, variables)
            else:
                optimizer.apply(gradients, variables)
        assert int(optimizer.iterations) == 2
        found.append([ops.convert_to_numpy(variable) for variable in variables])
    for one, other in zip(*found, strict=True):
        assert_close(one, other, 1e-6)
    assert not np.allclose(found[0][0], [1, 2])


@pytest.mark.parametrize("decay", [0.0, 0.75, 1.0])
def test_averages_move_towards_the_variables(decay):
    averages = [
        keras.Variable([1.0, 2.0], trainable=False),
        keras.Variable(8.0, trainable=False),
    ]
    variables = [keras.Variable([3.0, 6.0]), keras.Variable(0.0)]
    with backend.no_gradient():
        backend.update_ema(averages, variables, decay)
    expected = decay * np.array([1, 2]) + (1 - decay) * np.array([3, 6])
    assert_close(averages[0], expected, 1e-6)
    assert_close(averages[1], decay * 8.0, 1e-6)
    assert_close(variables[0], [3, 6], 0)
