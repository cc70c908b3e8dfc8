"""The residual block of R3GAN, which has no normalization."""

import math

import keras

from keras_s3gan import backend
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.convolution import Convolution
from keras_s3gan.layers.resampling import bilinear_pool, upsample
from keras_s3gan.networks.block import RESAMPLINGS

# Keras' default slope of a leaky relu is 0.2, that of the paper.
_ACTIVATION = "leaky_relu"
_ACTIVATION_GAIN = math.sqrt(2 / (1 + 0.2**2))


def fan_in_initializer(gain=1.0):
    """Normal, with a standard deviation of `gain / sqrt(fan_in)`."""
    return keras.initializers.VarianceScaling(gain**2, "fan_in", "untruncated_normal")


@keras.saving.register_keras_serializable("keras_s3gan")
class ModernBlock(keras.layers.Layer):
    """`x + f(x)`: three convolutions whose sum with the input needs no normalization.

    f is a 1x1 convolution to twice the channels, a grouped 3x3 convolution, each with a
    bias and a leaky relu, and a 1x1 convolution back. The last one starts at zero, so
    that a new block is the identity; the others start normal, with a standard deviation
    of `g / sqrt(fan_in)`, where `g = sqrt(2 / 1.04) · blocks^(-1/4)`.

    Upsampling is before the sum, downsampling behind it, both with a filter of
    `[1, 2, 1]`. If the number of channels changes, a 1x1 convolution changes it at the
    smaller of the two sizes.

    Args:
        filters: int. Channels of the output. Without resampling as of the input.
        cardinality: int. Groups of the 3x3 convolution. Defaults to `1`.
        blocks: int. Number of blocks of the network, for the initial weights. Defaults
            to `1`.
        resampling: `"up"` doubles height and width, `"down"` halves them, `None` keeps
            them.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, H, W, C]` (or `[N, C, H, W]`).
        training: bool.

    Returns:
        `[N, H', W', filters]` (or `[N, filters, H', W']`).

    Raises:
        ValueError: if `resampling` is not known, the channels would change without it,
            or `cardinality` does not divide twice the channels.

    Example:
        >>> block = ModernBlock(64, cardinality=8, resampling="up")
        >>> block(keras.ops.ones((8, 16, 16, 32))).shape
        (8, 32, 32, 64)

    Reference:
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(
        self,
        filters,
        cardinality=1,
        blocks=1,
        resampling=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if resampling not in RESAMPLINGS:
            raise ValueError(
                f"`resampling` must be one of {RESAMPLINGS}. "
                f"Received: resampling={resampling}"
            )
        self.filters = filters
        self.cardinality = cardinality
        self.blocks = blocks
        self.resampling = resampling
        self.data_format = data_formats.standardize(data_format)

    def build(self, images_shape):
        channels = data_formats.channels(images_shape, self.data_format)
        if self.resampling is None and channels != self.filters:
            raise ValueError(
                "Without resampling the number of channels stays. "
                f"Received: filters={self.filters} for {channels} channels"
            )
        width = self.filters if self.resampling == "up" else channels
        if 2 * width % self.cardinality:
            raise ValueError(
                f"`cardinality` must divide twice the {width} channels. "
                f"Received: cardinality={self.cardinality}"
            )
        inner = self._with_channels(images_shape, width)
        expanded = self._with_channels(images_shape, 2 * width)
        self.convolutions = [
            self._hidden("expansion", inner, 2 * width, 1),
            self._hidden("grouped", expanded, 2 * width, 3, groups=self.cardinality),
            self._linear("projection", expanded, width, "zeros"),
        ]
        self.transition = None
        if channels != self.filters:
            self.transition = self._linear(
                "transition", images_shape, self.filters, fan_in_initializer()
            )

    def _hidden(self, name, input_shape, filters, kernel_size, groups=1):
        return self._convolution(
            *(name, input_shape, filters, kernel_size),
            groups=groups,
            kernel_initializer=fan_in_initializer(
                _ACTIVATION_GAIN * self.blocks**-0.25
            ),
            activation=_ACTIVATION,
        )

    def _linear(self, name, input_shape, filters, initializer):
        return self._convolution(
            *(name, input_shape, filters, 1),
            kernel_initializer=initializer,
            use_bias=False,
        )

    def _convolution(self, name, input_shape, filters, kernel_size, **kwargs):
        layer = Convolution(
            filters,
            kernel_size,
            padding="same",
            data_format=self.data_format,
            dtype=self.dtype_policy,
            name=name,
            **kwargs,
        )
        layer.build(input_shape)
        return layer

    def _with_channels(self, shape, channels):
        shape = list(shape)
        shape[data_formats.channel_axis(self.data_format)] = channels
        return tuple(shape)

    def call(self, images, training=False):
        if self.resampling == "up":
            images = self._changed(images, training)
            images = upsample(images, "bilinear", self.data_format)
        residual = images
        for convolution in self.convolutions:
            residual = backend.call(self, convolution, residual, training=training)
        images = images + residual
        if self.resampling == "down":
            images = bilinear_pool(images, self.data_format)
            images = self._changed(images, training)
        return images

    def _changed(self, images, training):
        if self.transition is None:
            return images
        return backend.call(self, self.transition, images, training=training)

    def compute_output_shape(self, images_shape):
        shape = list(self._with_channels(images_shape, self.filters))
        for axis in data_formats.spatial_axes(self.data_format):
            if self.resampling == "up" and shape[axis] is not None:
                shape[axis] *= 2
            if self.resampling == "down" and shape[axis] is not None:
                shape[axis] = -(-shape[axis] // 2)
        return tuple(shape)

    def get_config(self):
        return {
            **super().get_config(),
            "filters": self.filters,
            "cardinality": self.cardinality,
            "blocks": self.blocks,
            "resampling": self.resampling,
            "data_format": self.data_format,
        }
