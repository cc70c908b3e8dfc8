"""FID as a Keras metric."""

import keras
import numpy as np
import pytest

from keras_s3gan.metrics import FrechetDistance, frechet_distance


def features(count, dimension=8, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, dimension)) + shift


def test_keras_metric():
    metric = FrechetDistance(8)
    real = features(40).astype("float32")
    generated = features(30, seed=1, shift=0.5).astype("float32")
    for part in np.array_split(real, 3):
        metric.update_state(keras.ops.convert_to_tensor(part))
    metric.update_state(generated=generated)
    assert metric.result() == pytest.approx(frechet_distance(real, generated), rel=1e-9)
    metric.reset_state()
    with pytest.raises(ValueError, match="Received: 0"):
        metric.result()


def test_keras_metric_from_its_configuration():
    config = keras.metrics.serialize(FrechetDistance(8, name="fid"))
    assert config["registered_name"] == "keras_s3gan>FrechetDistance"
    again = keras.metrics.deserialize(config)
    assert (again.name, again.dimension) == ("fid", 8)
