"""JAX: convolutions, with gradients of our own on a CPU."""

import jax
import keras

from keras_s3gan.backend.jax import cpu_convolutions
from keras_s3gan.backend.jax.tracing import target_mesh


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """See `keras_s3gan.backend.interface`.

    On a CPU with our own gradients; those of Keras are slow in loops.
    """
    if _runs_on_cpu():
        outputs = _with_channels_last(
            lambda images: cpu_convolutions.convolution(
                images,
                keras.ops.convert_to_tensor(kernel),
                strides,
                padding,
                dilation_rate,
            ),
            inputs,
            data_format,
        )
    else:
        outputs = keras.ops.conv(
            inputs, kernel, strides, padding, data_format, dilation_rate
        )
    return _with_bias(outputs, bias, data_format)


def transposed_convolution(images, kernel, bias, data_format):
    """See `keras_s3gan.backend.interface`."""
    if _runs_on_cpu():
        outputs = _with_channels_last(
            lambda images: cpu_convolutions.transposed_convolution(images, kernel),
            images,
            data_format,
        )
    else:
        outputs = keras.ops.conv_transpose(
            images, kernel, 2, "same", data_format=data_format
        )
    return _with_bias(outputs, bias, data_format)


def _runs_on_cpu():
    return target_mesh.get() is None and jax.default_backend() == "cpu"


def _with_channels_last(function, images, data_format):
    if data_format == "channels_last":
        return function(images)
    return function(images.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def _with_bias(outputs, bias, data_format):
    if bias is None:
        return outputs
    shape = (-1, 1, 1) if data_format == "channels_first" else (-1,)
    return outputs + keras.ops.reshape(bias, shape)
