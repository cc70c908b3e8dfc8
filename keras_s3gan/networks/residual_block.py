"""The residual block of the ResNet architectures and of BigGAN."""

import keras

from keras_s3gan import backend
from keras_s3gan.layers import data_formats
from keras_s3gan.networks.block import Block

SHORTCUTS = ("convolution", "identity", "none")


@keras.saving.register_keras_serializable("keras_s3gan")
class ResidualBlock(Block):
    """Twice normalization, relu and convolution, and a shortcut.

    Upsampling is before the first convolution, downsampling after the second; where
    possible it is fused with them.

    Args:
        filters, resampling, normalization, upsampling, kernel_initializer,
            kernel_normalization, data_format: as in `Block`.
        shortcut: `"convolution"`, `"identity"` or `"none"`. Where the number of
            channels changes it is always a convolution. Defaults to `"convolution"`.
        shortcut_kernel_size: int. Of the shortcut's convolution. Defaults to `1`.

    Call arguments, Returns: as in `Block`.

    Raises:
        ValueError: as in `Block`, and for an unknown `shortcut`.

    Example:
        >>> block = ResidualBlock(64, resampling="down", normalization="batch")
        >>> block(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 16, 16, 64)

    Reference:
        - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        filters,
        resampling=None,
        normalization=None,
        shortcut="convolution",
        shortcut_kernel_size=1,
        upsampling="nearest",
        kernel_initializer="orthogonal",
        kernel_normalization=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(
            filters,
            resampling=resampling,
            normalization=normalization,
            upsampling=upsampling,
            kernel_initializer=kernel_initializer,
            kernel_normalization=kernel_normalization,
            data_format=data_format,
            **kwargs,
        )
        if shortcut not in SHORTCUTS:
            raise ValueError(
                f"`shortcut` must be one of {SHORTCUTS}. Received: shortcut={shortcut}"
            )
        self.shortcut = shortcut
        self.shortcut_kernel_size = shortcut_kernel_size

    def build(self, inputs_shape, condition_shape=None):
        large = self._resampled(inputs_shape, "up")
        self.normalization_1 = self._normalization(
            "normalization_1", inputs_shape, condition_shape
        )
        doubles, halves = self._within("up"), self._within("down")
        self.convolution_1, middle = self._convolution(
            "convolution_1",
            self.filters,
            inputs_shape if doubles else large,
            resampling=doubles,
        )
        self.normalization_2 = self._normalization(
            "normalization_2", middle, condition_shape
        )
        self.convolution_2, _ = self._convolution(
            "convolution_2", self.filters, middle, resampling=halves
        )
        self.shortcut_convolution = None
        channels = data_formats.channels(inputs_shape, self.data_format)
        if self.shortcut == "convolution" or channels != self.filters:
            self.shortcut_convolution, _ = self._convolution(
                "shortcut", self.filters, large, self.shortcut_kernel_size
            )

    def call(self, inputs, condition=None, training=False):
        outputs = self._activate(self.normalization_1, inputs, condition, training)
        if not self._within("up"):
            outputs = self._up(outputs)
        outputs = backend.call(self, self.convolution_1, outputs, training=training)
        outputs = self._activate(self.normalization_2, outputs, condition, training)
        outputs = backend.call(self, self.convolution_2, outputs, training=training)
        if self.shortcut_convolution is not None:
            return outputs + self._convolved_shortcut(inputs, training)
        if self.shortcut == "none":
            return outputs
        return outputs + self._down(self._up(inputs))

    def _convolved_shortcut(self, inputs, training):
        def convolved(images):
            return backend.call(
                self, self.shortcut_convolution, images, training=training
            )

        # A 1x1 convolution commutes with repeating and with averaging pixels, and is
        # cheaper on the smaller image.
        if self.shortcut_kernel_size == 1 and self.upsampling == "nearest":
            return self._up(convolved(self._down(inputs)))
        if self.shortcut_kernel_size == 1:
            return convolved(self._down(self._up(inputs)))
        return self._down(convolved(self._up(inputs)))

    def get_config(self):
        return {
            **super().get_config(),
            "shortcut": self.shortcut,
            "shortcut_kernel_size": self.shortcut_kernel_size,
        }
