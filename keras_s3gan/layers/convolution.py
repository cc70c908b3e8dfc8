"""Convolutions that can change the size, right in every data format.

Keras 3.15 adds the bias by `keras.ops.add`. On TensorFlow that takes a second tensor
with one axis that is not 1 for the bias of the last axis, if it is as long. With the
channels first, and as many of them as the image is wide, that is the wrong axis.
"""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.backend import ops as tensor_ops
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.resampling import average_pool

_RESAMPLINGS = (None, "up", "down")


@keras.saving.register_keras_serializable("keras_s3gan")
class Convolution(keras.layers.Conv2D):
    """`keras.layers.Conv2D` that can double or halve, too.

    Doubling and halving are part of the convolution, which is worked out on the smaller
    of the two sizes: four ninths of the products that a 3x3 kernel takes on the larger
    one. The values are the same but for rounding.

    Args:
        filters, kernel_size, ...: as in `keras.layers.Conv2D`.
        resampling: `"up"` doubles height and width first, by repeating pixels;
            `"down"` takes the mean of each 2x2 outputs, with their bias and before the
            activation, at an odd edge of what there is; `None` keeps the size. Either
            wants an odd `kernel_size`, `padding="same"`, and no strides, dilation or
            groups. Defaults to `None`.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`).

    Returns:
        `[N, H', W', filters]` (or `[N, filters, H', W']`).

    Raises:
        ValueError: if `resampling` is neither or does not go with another argument.

    Reference:
        - kernels that halve and double: Karras et al., 2018,
          https://arxiv.org/abs/1710.10196
    """

    def __init__(self, filters, kernel_size, resampling=None, **kwargs):
        super().__init__(filters, kernel_size, **kwargs)
        if resampling not in _RESAMPLINGS:
            raise ValueError(
                f"`resampling` must be one of {_RESAMPLINGS}. "
                f"Received: resampling={resampling}"
            )
        keeps = tuple(self.strides) == tuple(self.dilation_rate) == (1, 1)
        odd = all(size % 2 for size in self.kernel_size)
        plain = keeps and odd and self.groups == 1 and self.padding == "same"
        if resampling and not plain:
            raise ValueError(
                "`resampling` wants an odd kernel_size, padding='same', strides=1, "
                "dilation_rate=1 and groups=1. Received: "
                f"kernel_size={self.kernel_size}, padding={self.padding}, "
                f"strides={self.strides}, dilation_rate={self.dilation_rate}, "
                f"groups={self.groups}"
            )
        self.resampling = resampling

    def call(self, inputs):
        # In the compute dtype; a wrapper may have put a tensor there.
        kernel = getattr(self.kernel, "value", self.kernel)
        bias = self.bias.value if self.use_bias else None
        if self.resampling == "up":
            outputs = backend.transposed_convolution(
                inputs, _turned(_widened(kernel)), bias, self.data_format
            )
        elif self.resampling == "down" and self._is_even(inputs.shape):
            outputs = self._convolved(inputs, _widened(kernel) / 4, bias, (2, 2))
        else:
            outputs = self._convolved(inputs, kernel, bias, tuple(self.strides))
            if self.resampling == "down":
                outputs = average_pool(outputs, self.data_format)
        return self.activation(outputs)

    def _is_even(self, shape):
        sizes = [shape[axis] for axis in data_formats.spatial_axes(self.data_format)]
        return None not in sizes and not any(size % 2 for size in sizes)

    def _convolved(self, inputs, kernel, bias, strides):
        return backend.convolution(
            inputs,
            kernel,
            bias,
            strides=strides,
            padding=self.padding,
            dilation_rate=self.dilation_rate,
            data_format=self.data_format,
        )

    def compute_output_shape(self, input_shape):
        shape = list(super().compute_output_shape(input_shape))
        for axis in data_formats.spatial_axes(self.data_format):
            if self.resampling and shape[axis] is not None:
                doubles = self.resampling == "up"
                shape[axis] = 2 * shape[axis] if doubles else -(-shape[axis] // 2)
        return tuple(shape)

    def get_config(self):
        return {**super().get_config(), "resampling": self.resampling}


def _widened(kernel):
    """Sums of each 2x2 entries of a kernel with zeros around it.

    That is how often a pixel of the smaller size is met by each of the kernel's.
    """
    padding = ((1, 1), (1, 1), (0, 0), (0, 0))
    kernel = tensor_ops.pad(kernel, padding)
    kernel = kernel[1:] + kernel[:-1]
    return kernel[:, 1:] + kernel[:, :-1]


def _turned(kernel):
    """`[H, W, in, out]` as the kernel of a transposed convolution."""
    return tensor_ops.transpose(tensor_ops.flip(kernel, (0, 1)), (0, 1, 3, 2))


@keras.saving.register_keras_serializable("keras_s3gan")
class TransposedConvolution(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`, and right with `channels_first` on TensorFlow.

    Args, Call arguments, Returns: as there.
    """

    def call(self, inputs):
        if self.data_format == "channels_last":
            return super().call(inputs)
        # TensorFlow's CPU has no other kernels, unless oneDNN is on.
        outputs = ops.conv_transpose(
            ops.transpose(inputs, (0, 2, 3, 1)),
            self.kernel,
            strides=list(self.strides),
            padding=self.padding,
            output_padding=self.output_padding,
            dilation_rate=self.dilation_rate,
            data_format="channels_last",
        )
        if self.use_bias:
            outputs = outputs + self.bias
        return self.activation(ops.transpose(outputs, (0, 3, 1, 2)))
