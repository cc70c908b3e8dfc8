"""Adam with a scheduled beta_2, against its formula."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import Cosine, ScheduledAdam
from tests.once import once
from tests.tolerance import assert_close

GRADIENTS = np.random.default_rng(0).normal(size=(6, 5)).astype("float32")


def moved(optimizer):
    """A weight after each update."""
    weight = keras.Variable(np.ones(5, "float32"))
    found = []
    for gradient in GRADIENTS:
        optimizer.apply([ops.convert_to_tensor(gradient)], [weight])
        found.append(ops.convert_to_numpy(weight).copy())
    return np.stack(found)


def test_each_update_has_its_own():
    beta_1, epsilon = 0.5, 1e-7
    weight, first, second = np.ones(5), np.zeros(5), np.zeros(5)
    expected = []
    for step, gradient in enumerate(GRADIENTS.astype(float)):
        beta_2 = 0.9 + 0.09 * (1 - np.cos(np.pi * min(step / 4, 1))) / 2
        rate = 0.1 - 0.05 * (1 - np.cos(np.pi * min(step / 4, 1))) / 2
        first = beta_1 * first + (1 - beta_1) * gradient
        second = beta_2 * second + (1 - beta_2) * gradient**2
        rate *= np.sqrt(1 - beta_2 ** (step + 1)) / (1 - beta_1 ** (step + 1))
        weight = weight - rate * first / (np.sqrt(second) + epsilon)
        expected.append(weight)
    optimizer = ScheduledAdam(Cosine(0.1, 0.05, 4), beta_1, Cosine(0.9, 0.99, 4))
    assert_close(moved(optimizer), np.stack(expected), 1e-5)


def test_of_a_number_it_is_keras_adam():
    ours, theirs = ScheduledAdam(0.1, 0.5, 0.9), keras.optimizers.Adam(0.1, 0.5, 0.9)
    np.testing.assert_array_equal(moved(ours), moved(theirs))


def test_its_configuration_is_complete():
    optimizer = ScheduledAdam(0.1, beta_2=Cosine(0.9, 0.99, 4), epsilon=1e-8)
    config = keras.optimizers.serialize(optimizer)
    again = keras.optimizers.deserialize(config)
    assert keras.optimizers.serialize(again) == config
    np.testing.assert_array_equal(moved(again), moved(optimizer))


@once("no framework takes part")
@pytest.mark.parametrize("beta_2", [1, -0.1, "0.9"])
def test_wrong_arguments(beta_2):
    with pytest.raises(ValueError, match=f"Received: beta_2={beta_2!r}"):
        ScheduledAdam(beta_2=beta_2)
