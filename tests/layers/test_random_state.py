"""Random states in weights files."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.layers import RandomAffine


def test_a_loaded_layer_draws_what_would_have_come_next(tmp_path):
    images = np.random.default_rng(0).uniform(-1, 1, (4, 8, 8, 1)).astype("float32")

    def model():
        layer = RandomAffine(translation=0.3, rotation=30, seed=0)
        return keras.Sequential([keras.Input((8, 8, 1)), layer])

    def draw(model):
        return ops.convert_to_numpy(model(images, training=True))

    first = model()
    drawn = draw(first)
    first.save_weights(tmp_path / "one.weights.h5")
    first.save(tmp_path / "one.keras")
    other = model()
    other.load_weights(tmp_path / "one.weights.h5")
    loaded = keras.saving.load_model(tmp_path / "one.keras")
    expected = draw(first)
    assert np.abs(expected - drawn).max() > 0.1
    np.testing.assert_array_equal(draw(other), expected)
    np.testing.assert_array_equal(draw(loaded), expected)


def test_files_without_a_random_state_are_loaded():
    layer = RandomAffine(seed=0)
    before = ops.convert_to_numpy(layer.random.state).copy()
    layer.load_own_variables({})
    np.testing.assert_array_equal(ops.convert_to_numpy(layer.random.state), before)
