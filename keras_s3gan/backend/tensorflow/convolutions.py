"""TensorFlow: convolutions."""

import keras
import tensorflow as tf


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """See `keras_s3gan.backend.interface`."""
    outputs = keras.ops.conv(
        inputs, kernel, strides, padding, data_format, dilation_rate
    )
    return _with_bias(outputs, bias, data_format)


def transposed_convolution(images, kernel, bias, data_format):
    """See `keras_s3gan.backend.interface`."""
    outputs = keras.ops.conv_transpose(
        images, kernel, 2, "same", data_format=data_format
    )
    return _with_bias(outputs, bias, data_format)


def _with_bias(outputs, bias, data_format):
    if bias is None:
        return outputs
    if data_format == "channels_first":
        # On a CPU `tf.nn.bias_add` takes channels last alone.
        return outputs + keras.ops.reshape(bias, (-1, 1, 1))
    return tf.nn.bias_add(outputs, keras.ops.convert_to_tensor(bias))
