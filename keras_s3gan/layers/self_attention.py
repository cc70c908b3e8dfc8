"""Self-attention, the non-local block of SAGAN and BigGAN."""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.convolution import Convolution
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.layers.resampling import max_pool


@keras.saving.register_keras_serializable("keras_s3gan")
class SelfAttention2D(keras.layers.Layer):
    """Self-attention over image positions with a learned gate that starts at 0.

    `x + σ · O(softmax(θ(x) φ(x)ᵀ) g(x))`: θ, φ, g and O are 1x1 convolutions without
    bias, φ and g are followed by 2x2 max-pooling, σ is a scalar.

    Args:
        kernel_normalization: of the convolutions, see
            `with_kernel_normalization`. Defaults to `None`.
        kernel_initializer: Defaults to `"orthogonal"`.
        gate_initializer: of σ. Defaults to `"zeros"`: the layer starts as identity.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`) with even H and W, and C a multiple
            of 8.
        training: bool. Updates the vectors of spectral normalization.

    Returns:
        A tensor of the shape and dtype of `inputs`.

    Raises:
        ValueError: if C is not a multiple of 8, or H or W is odd.

    Example:
        >>> SelfAttention2D()(keras.ops.ones((8, 32, 32, 64))).shape
        (8, 32, 32, 64)

    Reference:
        - Zhang et al., 2019, https://arxiv.org/abs/1805.08318
    """

    def __init__(
        self,
        kernel_normalization=None,
        kernel_initializer="orthogonal",
        gate_initializer="zeros",
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.kernel_normalization = kernel_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.gate_initializer = keras.initializers.get(gate_initializer)
        self.data_format = data_formats.standardize(data_format)

    def build(self, input_shape):
        channels = data_formats.channels(input_shape, self.data_format)
        height, width = (
            input_shape[axis] for axis in data_formats.spatial_axes(self.data_format)
        )
        if channels % 8 or (height or 0) % 2 or (width or 0) % 2:
            raise ValueError(
                "SelfAttention2D needs a multiple of 8 channels and even sides. "
                f"Received: inputs of shape {tuple(input_shape)}"
            )
        self.theta = self._convolution("theta", channels // 8, input_shape)
        self.phi = self._convolution("phi", channels // 8, input_shape)
        self.g = self._convolution("g", channels // 2, input_shape)
        halved = list(input_shape)
        halved[data_formats.channel_axis(self.data_format)] = channels // 2
        self.output_convolution = self._convolution("output", channels, halved)
        self.gate = self.add_weight(
            name="gate", shape=(), initializer=self.gate_initializer, autocast=False
        )

    def _convolution(self, name, filters, input_shape):
        layer = with_kernel_normalization(
            Convolution(
                filters,
                1,
                use_bias=False,
                kernel_initializer=self.kernel_initializer.clone(),
                data_format=self.data_format,
                dtype=self.dtype_policy,
                name=name,
            ),
            self.kernel_normalization,
        )
        layer.build(input_shape)
        return layer

    def _positions(self, images):
        """`[N, H·W, C]` of a batch of images."""
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 2, 3, 1))
        _, height, width, channels = images.shape
        return ops.reshape(images, (-1, height * width, channels))

    def call(self, inputs, training=False):
        query = self._positions(self.theta(inputs))
        key = max_pool(self.phi(inputs), self.data_format)
        value = max_pool(self.g(inputs), self.data_format)
        key, value = self._positions(key), self._positions(value)
        weights = ops.softmax(ops.matmul(query, ops.transpose(key, (0, 2, 1))))
        attended = ops.matmul(weights, value)
        height, width = (
            inputs.shape[axis] for axis in data_formats.spatial_axes(self.data_format)
        )
        attended = ops.reshape(attended, (-1, height, width, value.shape[-1]))
        if self.data_format == "channels_first":
            attended = ops.transpose(attended, (0, 3, 1, 2))
        attended = self.output_convolution(attended)
        return inputs + ops.cast(self.gate, attended.dtype) * attended

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_normalization": self.kernel_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
            "gate_initializer": keras.initializers.serialize(self.gate_initializer),
            "data_format": self.data_format,
        }
