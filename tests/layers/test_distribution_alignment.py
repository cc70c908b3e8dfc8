"""Predictions that follow the shares of the classes, against NumPy."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.layers import DistributionAlignment
from tests.tolerance import assert_close

SHARES = np.array([0.1, 0.2, 0.7])


def batches(count=3):
    random = np.random.default_rng(0)
    return random.dirichlet([5, 1, 1], (count, 6)).astype("float32")


def test_the_moving_mean_is_that_of_the_chosen_images():
    layer = DistributionAlignment(3, SHARES.tolist(), decay=0.75)
    chosen = np.array([1, 0, 1, 1, 0, 0], "float32")
    mean = SHARES.copy()
    for batch in batches():
        found = layer(batch, chosen, training=True)
        mean = 0.75 * mean + 0.25 * batch[chosen > 0].mean(axis=0)
        expected = batch * SHARES / mean
        expected /= expected.sum(axis=-1, keepdims=True)
        # The least that a class counts is a millionth.
        assert_close(found, expected, 2e-5)
    assert_close(layer.predicted, mean, 1e-6)

    # Neither a batch without such images nor inference moves it.
    layer(batches()[0], np.zeros(6, "float32"), training=True)
    layer(batches()[0])
    assert_close(layer.predicted, mean, 1e-6)


def test_predictions_that_are_always_the_same_become_the_shares():
    layer = DistributionAlignment(3, SHARES.tolist(), decay=0.5)
    batch = np.tile(np.array([[0.8, 0.1, 0.1]], "float32"), (4, 1))
    for _ in range(40):
        found = layer(batch, training=True)
    # Half of the difference is left after each batch.
    assert_close(found, np.tile(SHARES, (4, 1)), 2e-5)


def test_new_shares_start_anew_and_the_same_do_not():
    layer = DistributionAlignment(3, [0.0] * 3)
    batch = batches()[0]
    assert_close(layer(batch), batch, 1e-6)
    layer.set_shares(SHARES)
    layer(batch, training=True)
    moved = ops.convert_to_numpy(layer.predicted)
    assert np.abs(moved - SHARES).max() > 1e-3
    layer.set_shares(SHARES)
    assert_close(layer.predicted, moved, 0)
    layer.set_shares(SHARES[::-1].copy())
    assert_close(layer.predicted, SHARES[::-1], 1e-7)


def test_its_configuration_makes_it_again():
    layer = DistributionAlignment(3, SHARES.tolist(), decay=0.5)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(layer)
    )
    assert again.get_config() == layer.get_config()
    assert_close(again.shares, SHARES, 1e-7)
