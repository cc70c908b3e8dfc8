"""Convolutions are the same in both data formats, whatever the number of channels."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import Convolution, TransposedConvolution
from tests.harness import check_layer
from tests.once import once
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).standard_normal((4, 4, 4, 3)).astype("float32")


@pytest.mark.parametrize("layer", [Convolution, TransposedConvolution])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_as_many_filters_as_the_outputs_are_wide(layer, strides, bias):
    up = layer is TransposedConvolution
    width = 4 * strides if up else 4 // strides
    check_layer(
        lambda **kwargs: layer(
            width,
            3,
            strides=strides,
            padding="same",
            use_bias=bias,
            bias_initializer="random_normal",
            activation="tanh",
            **kwargs,
        ),
        IMAGES,
        trainable=1 + bias,
    )


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_a_single_pixel_kernel_with_strides(data_format):
    """Values and gradients where channels are few: a product at every second pixel."""
    random = np.random.default_rng(0)
    images = random.standard_normal((2, 7, 6, 3)).astype("float32")
    first = data_format == "channels_first"
    inputs = images.transpose(0, 3, 1, 2) if first else images
    layer = Convolution(5, 1, strides=2, padding="same", data_format=data_format)
    layer.build(inputs.shape)

    def loss():
        outputs = layer(inputs)
        return ops.sum(ops.square(outputs)), outputs

    (_, outputs), (kernel, bias) = backend.value_and_grad(
        loss, layer.trainable_variables
    )
    kept = images[:, ::2, ::2].reshape(-1, 3)
    expected = kept @ ops.convert_to_numpy(layer.kernel)[0, 0]
    outputs = ops.convert_to_numpy(outputs)
    outputs = outputs.transpose(0, 2, 3, 1) if first else outputs
    assert outputs.shape == (2, 4, 3, 5)
    assert_close(outputs.reshape(-1, 5), expected, 1e-5)
    assert_close(kernel[0, 0], 2 * kept.T @ expected, 1e-5)
    assert_close(bias, 2 * expected.sum(axis=0), 1e-5)


@once("PyTorch alone has a layout of kernels; in few bits networks train on each")
@pytest.mark.parametrize("dtype", ["mixed_bfloat16", "mixed_float16"])
@pytest.mark.parametrize("resampling", [None, "up", "down"])
@pytest.mark.parametrize(("channels", "filters"), [(8, 1), (1, 8), (1, 1)])
def test_gradients_in_few_bits(channels, filters, resampling, dtype):
    """Where the processor has no instructions for them, too."""
    random = np.random.default_rng(0)
    images = random.standard_normal((2, 4, 4, channels)).astype("float32")
    # A bias's gradient is a sum that may be next to nothing.
    options = {"padding": "same", "use_bias": False}
    exact = Convolution(filters, 3, resampling, **options)
    layer = Convolution(filters, 3, resampling, dtype=dtype, **options)
    exact.build(images.shape)
    layer.build(images.shape)
    layer.set_weights(exact.get_weights())

    def gradients(layer):
        def loss():
            return ops.sum(ops.square(ops.cast(layer(images), "float32"))), ()

        return backend.value_and_grad(loss, layer.trainable_variables)[1]

    for actual, expected in zip(gradients(layer), gradients(exact), strict=True):
        assert_close(ops.cast(actual, "float32"), expected, 0.1)
