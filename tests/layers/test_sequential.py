"""Our layers in somebody else's `keras.Sequential`."""

import keras
import numpy as np
import pytest

from keras_s3gan.layers import BatchNormalization, SpectralNormalization
from tests.tolerance import assert_close


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_fits_saves_and_loads(data_format, dtype, tmp_path):
    random = np.random.default_rng(0)
    shape = (6, 6, 2) if data_format == "channels_last" else (2, 6, 6)
    images = random.standard_normal((32, *shape)).astype("float32")
    targets = images.mean(axis=(1, 2, 3), keepdims=True)[:, :, 0, 0]
    model = keras.Sequential(
        [
            keras.Input(shape),
            BatchNormalization(data_format=data_format, dtype=dtype),
            keras.layers.Flatten(dtype=dtype),
            SpectralNormalization(
                keras.layers.Dense(16, activation="relu", dtype=dtype)
            ),
            SpectralNormalization(keras.layers.Dense(1, dtype=dtype)),
        ]
    )
    model.compile(keras.optimizers.Adam(0.01), "mse")
    losses = model.fit(images, targets, epochs=15, verbose=0).history["loss"]
    assert losses[-1] < 0.7 * losses[0]
    assert {w.dtype for w in model.trainable_weights} == {"float32"}

    model.save(tmp_path / "model.keras")
    again = keras.saving.load_model(tmp_path / "model.keras")
    expected = model.predict(images, verbose=0)
    assert_close(again.predict(images, verbose=0), expected, 1e-6)
