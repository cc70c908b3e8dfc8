"""The residual block of BigGAN-deep."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats
from keras_s3gan.networks.block import Block


@keras.saving.register_keras_serializable("keras_s3gan")
class BottleneckBlock(Block):
    """Four convolutions with a bottleneck, and a shortcut that keeps the input.

    1x1 to a quarter of the channels, 3x3 twice, 1x1 to `filters`, each after a
    normalization and a relu. Upsampling is before the second convolution, downsampling
    before the fourth. If the numbers of channels differ, the shortcut drops the
    superfluous channels of the input, or adds channels by a 1x1 convolution.

    Args:
        filters, resampling, normalization, upsampling, kernel_initializer,
            kernel_normalization, data_format: as in `Block`.

    Call arguments, Returns, Raises: as in `Block`.

    Example:
        >>> block = BottleneckBlock(64, resampling="up", normalization="batch")
        >>> block(keras.ops.ones((8, 16, 16, 32)), training=True).shape
        (8, 32, 32, 64)

    Reference:
        - Brock et al., 2019, appendix B, https://arxiv.org/abs/1809.11096
    """

    def build(self, inputs_shape, condition_shape=None):
        channels = data_formats.channels(inputs_shape, self.data_format)
        narrow = max(channels, self.filters) // 4
        self.normalizations, self.convolutions = [], []
        shape = inputs_shape
        for number, (filters, kernel_size) in enumerate(
            ((narrow, 1), (narrow, 3), (narrow, 3), (self.filters, 1)), 1
        ):
            self.normalizations.append(
                self._normalization(f"normalization_{number}", shape, condition_shape)
            )
            doubles = self._within("up") if number == 2 else None
            if not doubles:
                shape = self._resampled(shape, {2: "up", 4: "down"}.get(number))
            convolution, shape = self._convolution(
                f"convolution_{number}", filters, shape, kernel_size, doubles
            )
            self.convolutions.append(convolution)
        self.added_channels = None
        if channels < self.filters:
            small = self._resampled(self._resampled(inputs_shape, "up"), "down")
            self.added_channels, _ = self._convolution(
                "added_channels", self.filters - channels, small, kernel_size=1
            )

    def call(self, inputs, condition=None, training=False):
        outputs = inputs
        for number, (normalization, convolution) in enumerate(
            zip(self.normalizations, self.convolutions, strict=True), 1
        ):
            outputs = self._activate(normalization, outputs, condition, training)
            if number == 2 and not self._within("up"):
                outputs = self._up(outputs)
            if number == 4:
                outputs = self._down(outputs)
            outputs = backend.call(self, convolution, outputs, training=training)
        return outputs + self._shortcut(inputs, training)

    def _shortcut(self, inputs, training):
        axis = data_formats.channel_axis(self.data_format)
        kept = [slice(None)] * 4
        kept[axis] = slice(self.filters)
        images = self._down(self._up(inputs[tuple(kept)]))
        if self.added_channels is None:
            return images
        added = backend.call(self, self.added_channels, images, training=training)
        return ops.concatenate([images, added], axis=axis)
