"""TensorFlow: convolutions."""

import keras
import tensorflow as tf

from keras_s3gan.backend.tensorflow import grouped_convolutions
from keras_s3gan.backend.tensorflow.devices import has_accelerator


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """See `keras_s3gan.backend.interface`.

    On a CPU there are kernels for channels first only if oneDNN is enabled.
    """
    if data_format == "channels_first" and not has_accelerator():
        last = tf.transpose(inputs, (0, 2, 3, 1))
        arguments = kernel, bias, strides, padding, dilation_rate, "channels_last"
        return tf.transpose(convolution(last, *arguments), (0, 3, 1, 2))
    groups = inputs.shape[1 if data_format == "channels_first" else -1]
    groups //= kernel.shape[-2]
    if (
        groups > 1
        and not has_accelerator()
        and grouped_convolutions.is_supported(kernel, strides, padding, dilation_rate)
    ):
        kernel = keras.ops.convert_to_tensor(kernel)
        outputs = grouped_convolutions.convolution(inputs, kernel)
    else:
        outputs = keras.ops.conv(
            inputs, kernel, strides, padding, data_format, dilation_rate
        )
    return _with_bias(outputs, bias, data_format)


def transposed_convolution(images, kernel, bias, data_format):
    """See `keras_s3gan.backend.interface`."""
    if data_format == "channels_first" and not has_accelerator():
        last = tf.transpose(images, (0, 2, 3, 1))
        outputs = transposed_convolution(last, kernel, bias, "channels_last")
        return tf.transpose(outputs, (0, 3, 1, 2))
    outputs = keras.ops.conv_transpose(
        images, kernel, 2, "same", data_format=data_format
    )
    return _with_bias(outputs, bias, data_format)


def _with_bias(outputs, bias, data_format):
    if bias is None:
        return outputs
    if data_format == "channels_first":
        # On a CPU `tf.nn.bias_add` takes channels last only.
        return outputs + keras.ops.reshape(bias, (-1, 1, 1))
    return tf.nn.bias_add(outputs, keras.ops.convert_to_tensor(bias))
