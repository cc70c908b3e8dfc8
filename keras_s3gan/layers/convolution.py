"""Convolutions whose bias belongs to the channels in every data format.

Keras 3.15 adds the bias by `keras.ops.add`. On TensorFlow that takes a second tensor
with one axis that is not 1 for the bias of the last axis, if it is as long. With the
channels first, and as many of them as the image is wide, that is the wrong axis.
"""

import keras
from keras import ops

from keras_s3gan import backend


@keras.saving.register_keras_serializable("keras_s3gan")
class Convolution(keras.layers.Conv2D):
    """`keras.layers.Conv2D`, and right with `channels_first` on TensorFlow.

    Args, Call arguments, Returns: as there.
    """

    def call(self, inputs):
        outputs = backend.convolution(
            inputs,
            self.kernel,
            self.bias if self.use_bias else None,
            strides=tuple(self.strides),
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        return self.activation(outputs)


@keras.saving.register_keras_serializable("keras_s3gan")
class TransposedConvolution(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`, and right with `channels_first` on TensorFlow.

    Args, Call arguments, Returns: as there.
    """

    def call(self, inputs):
        if self.data_format == "channels_last":
            return super().call(inputs)
        outputs = ops.conv_transpose(
            inputs,
            self.kernel,
            strides=list(self.strides),
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )
        if self.use_bias:
            outputs = outputs + ops.reshape(self.bias, (-1, 1, 1))
        return self.activation(outputs)
