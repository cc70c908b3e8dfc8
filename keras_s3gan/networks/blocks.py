"""The residual blocks that the architectures share."""

import keras

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)
from keras_s3gan.layers.resampling import average_pool, upsample
from keras_s3gan.layers.spectral_normalization import with_spectral_normalization


class ResidualBlock(keras.layers.Layer):
    """What the blocks of generator and discriminator have in common.

    Args:
        filters: int. Channels of the output.
        kernel_initializer: Defaults to `"orthogonal"`.
        spectral_normalization: `None`, a bool or a dict of arguments of
            `SpectralNormalization` for every kernel in the block.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
    """

    def __init__(
        self,
        filters,
        kernel_initializer="orthogonal",
        spectral_normalization=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.filters = filters
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.spectral_normalization = spectral_normalization
        self.data_format = data_formats.standardize(data_format)

    def _convolution(self, name, input_shape, kernel_size=3):
        """A built convolution to `filters` channels, and the shape that it gives."""
        layer = with_spectral_normalization(
            keras.layers.Conv2D(
                self.filters,
                kernel_size,
                padding="same",
                kernel_initializer=self.kernel_initializer.clone(),
                data_format=self.data_format,
                dtype=self.dtype_policy,
                name=name,
            ),
            self.spectral_normalization,
        )
        layer.build(input_shape)
        return layer

    def _with_channels(self, shape, channels):
        shape = list(shape)
        shape[data_formats.channel_axis(self.data_format)] = channels
        return tuple(shape)

    def _scaled(self, shape, numerator, denominator):
        """`shape` with height and width times `numerator / denominator`."""
        shape = list(shape)
        for axis in data_formats.spatial_axes(self.data_format):
            if shape[axis] is not None:
                shape[axis] = shape[axis] * numerator // denominator
        return tuple(shape)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "spectral_normalization": self.spectral_normalization,
            "data_format": self.data_format,
        }


@keras.saving.register_keras_serializable("keras_s3gan")
class GeneratorBlock(ResidualBlock):
    """Normalize, relu, upsample, convolve, twice, beside a 1x1 shortcut.

    Args:
        filters, kernel_initializer, spectral_normalization, data_format: as in
            `ResidualBlock`.
        upsampling: `"nearest"` or `"zero_insertion"`. Defaults to `"nearest"`.
        unit_gain: bool. See `ConditionalBatchNormalization`. Defaults to `True`.
        momentum, epsilon: of the batch normalization.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`).
        condition: `[N, D]` for conditional normalization, or `None` for plain.
        training: bool.

    Returns:
        `[N, 2H, 2W, filters]` (or `[N, filters, 2H, 2W]`).

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        filters,
        kernel_initializer="orthogonal",
        spectral_normalization=None,
        data_format=None,
        upsampling="nearest",
        unit_gain=True,
        momentum=0.9,
        epsilon=1e-5,
        **kwargs,
    ):
        super().__init__(
            filters, kernel_initializer, spectral_normalization, data_format, **kwargs
        )
        self.upsampling = upsampling
        self.unit_gain = unit_gain
        self.momentum = momentum
        self.epsilon = epsilon

    def build(self, inputs_shape, condition_shape=None):
        large = self._scaled(inputs_shape, 2, 1)
        middle = self._with_channels(large, self.filters)
        self.normalization_1 = self._normalization(
            "normalization_1", inputs_shape, condition_shape
        )
        self.convolution_1 = self._convolution("convolution_1", large)
        self.normalization_2 = self._normalization(
            "normalization_2", middle, condition_shape
        )
        self.convolution_2 = self._convolution("convolution_2", middle)
        self.shortcut = self._convolution("shortcut", inputs_shape, kernel_size=1)

    def _normalization(self, name, input_shape, condition_shape):
        arguments = {
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "data_format": self.data_format,
            "dtype": self.dtype_policy,
            "name": name,
        }
        if condition_shape is None:
            layer = BatchNormalization(**arguments)
            layer.build(input_shape)
        else:
            layer = ConditionalBatchNormalization(
                unit_gain=self.unit_gain,
                spectral_normalization=self.spectral_normalization,
                kernel_initializer=self.kernel_initializer.clone(),
                **arguments,
            )
            layer.build(input_shape, condition_shape)
        return layer

    def _upsample(self, images):
        return upsample(images, self.upsampling, self.data_format)

    def call(self, inputs, condition=None, training=False):
        conditions = () if condition is None else (condition,)
        outputs = keras.ops.relu(self.normalization_1(inputs, *conditions))
        outputs = self.convolution_1(self._upsample(outputs))
        outputs = keras.ops.relu(self.normalization_2(outputs, *conditions))
        outputs = self.convolution_2(outputs)
        if self.upsampling == "nearest":
            # A 1x1 convolution commutes with repeating pixels, and is cheaper before.
            return outputs + self._upsample(self.shortcut(inputs))
        return outputs + self.shortcut(self._upsample(inputs))

    def compute_output_shape(self, inputs_shape, condition_shape=None):
        return self._with_channels(self._scaled(inputs_shape, 2, 1), self.filters)

    def get_config(self):
        return {
            **super().get_config(),
            "upsampling": self.upsampling,
            "unit_gain": self.unit_gain,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
        }


@keras.saving.register_keras_serializable("keras_s3gan")
class DiscriminatorBlock(ResidualBlock):
    """Relu and convolve, twice, then halve, beside a shortcut.

    The shortcut is a 1x1 convolution where the number of channels changes, else the
    input itself, or nothing without `identity_shortcut`.

    Args:
        filters, kernel_initializer, spectral_normalization, data_format: as in
            `ResidualBlock`.
        downsample: bool. Halve height and width by average pooling. Defaults to `True`.
        identity_shortcut: bool. Whether a block that keeps the number of channels has a
            shortcut; Compare GAN's has none. Defaults to `True`.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`), H and W even if `downsample`.
        training: bool.

    Returns:
        `[N, H/2, W/2, filters]` (or `[N, filters, H/2, W/2]`).

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        filters,
        kernel_initializer="orthogonal",
        spectral_normalization=None,
        data_format=None,
        downsample=True,
        identity_shortcut=True,
        **kwargs,
    ):
        super().__init__(
            filters, kernel_initializer, spectral_normalization, data_format, **kwargs
        )
        self.downsample = downsample
        self.identity_shortcut = identity_shortcut

    def build(self, input_shape):
        channels = data_formats.channels(input_shape, self.data_format)
        middle = self._with_channels(input_shape, self.filters)
        self.convolution_1 = self._convolution("convolution_1", input_shape)
        self.convolution_2 = self._convolution("convolution_2", middle)
        self.shortcut = None
        if channels != self.filters:
            self.shortcut = self._convolution("shortcut", input_shape, kernel_size=1)

    def call(self, inputs, training=False):
        outputs = self.convolution_1(keras.ops.relu(inputs))
        outputs = self.convolution_2(keras.ops.relu(outputs))
        if self.downsample:
            outputs = average_pool(outputs, self.data_format)
        if self.shortcut is None and not self.identity_shortcut:
            return outputs
        shortcut = inputs
        if self.downsample:
            # Pooling commutes with a 1x1 convolution, which is cheaper after it.
            shortcut = average_pool(shortcut, self.data_format)
        if self.shortcut is not None:
            shortcut = self.shortcut(shortcut)
        return outputs + shortcut

    def compute_output_shape(self, input_shape):
        shape = self._with_channels(input_shape, self.filters)
        return self._scaled(shape, 1, 2) if self.downsample else shape

    def get_config(self):
        return {
            **super().get_config(),
            "downsample": self.downsample,
            "identity_shortcut": self.identity_shortcut,
        }
