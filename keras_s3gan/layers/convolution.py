"""Convolutions that can resample, and work in every data format.

Keras 3.15 adds the bias with `keras.ops.add`. On TensorFlow that function adds a
tensor like `[1, C, 1, 1]` along the last axis if that axis has the length C. This is
wrong for `channels_first` images that are C pixels wide, so that
`backend.convolution` adds the bias.
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
    """`keras.layers.Conv2D` with optional upsampling or downsampling by 2.

    The resampling is fused with the convolution, which is computed at the smaller of
    the two sizes: a 3x3 kernel then needs four ninths of the multiplications. The
    values are the same up to rounding.

    Args:
        filters, kernel_size, ...: as in `keras.layers.Conv2D`.
        resampling: `"up"` first doubles height and width by repeating pixels. `"down"`
            averages the outputs over windows of 2x2, after the bias and before the
            activation; a window at an odd edge has fewer pixels. `None` does neither.
            Both need an odd `kernel_size`, `padding="same"`, and no strides, dilation
            or groups. Defaults to `None`.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`).

    Returns:
        `[N, H', W', filters]` (or `[N, filters, H', W']`).

    Raises:
        ValueError: if `resampling` is not known or does not fit another argument.

    Example:
        >>> layer = Convolution(64, 3, resampling="down", padding="same")
        >>> layer(keras.ops.ones((8, 32, 32, 3))).shape
        (8, 16, 16, 64)

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
                "`resampling` needs an odd kernel_size, padding='same', strides=1, "
                "dilation_rate=1 and groups=1. Received: "
                f"kernel_size={self.kernel_size}, padding={self.padding}, "
                f"strides={self.strides}, dilation_rate={self.dilation_rate}, "
                f"groups={self.groups}"
            )
        self.resampling = resampling

    def call(self, inputs):
        # In the compute dtype; a `KernelWrapper` may have put a tensor there.
        kernel = getattr(self.kernel, "value", self.kernel)
        bias = self.bias.value if self.use_bias else None
        if self.resampling == "up":
            outputs = backend.transposed_convolution(
                inputs, _transposed(_box_filtered(kernel)), bias, self.data_format
            )
        elif self.resampling == "down" and self._is_even(inputs.shape):
            outputs = self._convolved(inputs, _box_filtered(kernel) / 4, bias, (2, 2))
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


def _box_filtered(kernel):
    """A kernel convolved with a 2x2 box filter, which makes it larger by one."""
    padding = ((1, 1), (1, 1), (0, 0), (0, 0))
    kernel = tensor_ops.pad(kernel, padding)
    kernel = kernel[1:] + kernel[:-1]
    return kernel[:, 1:] + kernel[:, :-1]


def _transposed(kernel):
    """`[H, W, in, out]` as the kernel of a transposed convolution."""
    return tensor_ops.transpose(tensor_ops.flip(kernel, (0, 1)), (0, 1, 3, 2))


@keras.saving.register_keras_serializable("keras_s3gan")
class TransposedConvolution(keras.layers.Conv2DTranspose):
    """`keras.layers.Conv2DTranspose`, also for `channels_first` on TensorFlow.

    Args:
        filters, kernel_size, ...: as in `keras.layers.Conv2DTranspose`.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`).

    Returns:
        `[N, H', W', filters]` (or `[N, filters, H', W']`).

    Example:
        >>> layer = TransposedConvolution(8, 4, strides=2, padding="same")
        >>> layer(keras.ops.ones((2, 16, 16, 3))).shape
        (2, 32, 32, 8)

    Reference:
        - Zeiler et al., 2010, https://doi.org/10.1109/CVPR.2010.5539957
    """

    def call(self, inputs):
        if self.data_format == "channels_last":
            return super().call(inputs)
        # Without oneDNN, TensorFlow on a CPU has kernels for channels last only.
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
