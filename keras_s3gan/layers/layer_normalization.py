"""Layer normalization of images."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats


@keras.saving.register_keras_serializable("keras_s3gan")
class LayerNormalization(keras.layers.Layer):
    """Normalizes each example over all positions and channels.

    `y = (x - mean) / sqrt(variance + ε) · γ + β` with one γ and one β per channel. The
    moments are computed in float32, after nearly all of the mean was subtracted:
    rounding could make `E[x²] - E[x]²` negative for an image of one colour, and the
    small ε would then not prevent NaN.

    Args:
        epsilon: float. Added to the variance. Defaults to `1e-12`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`, or `[N, C]`), any float dtype.

    Returns:
        A tensor of the shape of `inputs` in the compute dtype.

    Example:
        >>> LayerNormalization()(keras.ops.ones((8, 32, 32, 3))).shape
        (8, 32, 32, 3)

    Reference:
        - Ba et al., 2016, https://arxiv.org/abs/1607.06450
    """

    def __init__(self, epsilon=1e-12, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.epsilon = epsilon
        self.data_format = data_formats.standardize(data_format)

    def build(self, input_shape):
        shape = (data_formats.channels(input_shape, self.data_format),)
        self.gamma = self.add_weight(
            name="gamma", shape=shape, initializer="ones", autocast=False
        )
        self.beta = self.add_weight(
            name="beta", shape=shape, initializer="zeros", autocast=False
        )

    def call(self, inputs):
        inputs = ops.cast(inputs, "float32")
        axes = tuple(range(1, len(inputs.shape)))
        mean = ops.mean(inputs, axis=axes, keepdims=True)
        centered = inputs - backend.coarse(mean)
        rest = ops.mean(centered, axis=axes, keepdims=True)
        squares = ops.mean(ops.square(centered), axis=axes, keepdims=True)
        scale = ops.rsqrt(squares - ops.square(rest) + self.epsilon)
        shape = data_formats.broadcast_shape(inputs, self.gamma, self.data_format)
        gain = scale * ops.reshape(self.gamma, shape)
        outputs = centered * gain + (ops.reshape(self.beta, shape) - rest * gain)
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "epsilon": self.epsilon,
            "data_format": self.data_format,
        }
