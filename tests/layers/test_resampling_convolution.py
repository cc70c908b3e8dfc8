"""A convolution that doubles or halves is one beside the doubling or the halving."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import Convolution, SpectralNormalization
from keras_s3gan.layers.resampling import average_pool, upsample
from tests.harness import check_layer
from tests.tolerance import assert_close


def images(height, width, channels=3):
    random = np.random.default_rng(0)
    return random.standard_normal((2, height, width, channels)).astype("float32")


@pytest.mark.parametrize("size", [(6, 8), (2, 2), (5, 6), (7, 7)])
@pytest.mark.parametrize("kernel_size", [1, 3, 5, (3, 1)])
@pytest.mark.parametrize("resampling", ["up", "down"])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_values(resampling, kernel_size, size, data_format):
    options = {
        "filters": 4,
        "kernel_size": kernel_size,
        "padding": "same",
        "bias_initializer": "random_normal",
        "data_format": data_format,
    }
    layer = Convolution(**options, resampling=resampling, activation="tanh")
    plain = Convolution(**options)
    inputs = images(*size)
    if data_format == "channels_first":
        inputs = inputs.transpose(0, 3, 1, 2)
    inputs = ops.convert_to_tensor(inputs)
    layer.build(inputs.shape)
    plain.build(inputs.shape)
    plain.set_weights(layer.get_weights())
    if resampling == "up":
        expected = plain(upsample(inputs, "nearest", data_format))
    else:
        expected = average_pool(plain(inputs), data_format)
    assert layer.compute_output_shape(inputs.shape) == tuple(expected.shape)
    assert_close(layer(inputs), ops.tanh(expected), 1e-6)


@pytest.mark.parametrize("resampling", ["up", "down"])
def test_as_a_layer(resampling):
    check_layer(
        lambda **kwargs: Convolution(
            4, 3, resampling, padding="same", activation="tanh", **kwargs
        ),
        images(4, 6),
        trainable=2,
    )


def test_normalized():
    layer = SpectralNormalization(Convolution(4, 3, "up", padding="same"))
    assert layer(images(4, 4)).shape == (2, 8, 8, 4)
    assert layer.compute_output_shape((2, 4, 4, 3)) == (2, 8, 8, 4)


@pytest.mark.parametrize(
    "options",
    [
        {"strides": 2},
        {"dilation_rate": 2},
        {"kernel_size": 4},
        {"padding": "valid"},
        {"groups": 3},
    ],
)
def test_what_does_not_go_with_it(options):
    options = {"filters": 3, "kernel_size": 3, "padding": "same", **options}
    with pytest.raises(ValueError, match="`resampling` needs .* Received"):
        Convolution(resampling="down", **options)


def test_unknown():
    with pytest.raises(ValueError, match="must be one of .* Received: resampling=half"):
        Convolution(3, 3, resampling="half", padding="same")


def test_the_same_layer_without_it_as_keras_own():
    ours, theirs = Convolution(4, 3), keras.layers.Conv2D(4, 3)
    config = ours.get_config()
    assert config.pop("resampling") is None
    assert config.keys() == theirs.get_config().keys()
