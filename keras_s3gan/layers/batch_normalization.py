"""Batch normalization that can use standing statistics at inference."""

import keras

from keras_s3gan import backend
from keras_s3gan.backend import ops
from keras_s3gan.layers import data_formats


@keras.saving.register_keras_serializable("keras_s3gan")
class BatchNormalization(keras.layers.Layer):
    """Batch normalization with moving and standing moments.

    Training normalizes with the moments of the batch (biased variance, in float32, over
    all replicas) and updates an exponential moving average of them. Inference uses the
    moving moments or, after `accumulate_standing_statistics`, the mean of the
    accumulated ones. The next training call resets the accumulated moments.

    Args:
        momentum: float in [0, 1). Decay of the moving moments. Defaults to `0.9`.
        epsilon: float. Added to the variance. Defaults to `1e-5`.
        center: bool. Whether to add a learned bias. Defaults to `True`.
        scale: bool. Whether to multiply by a learned gain. Defaults to `True`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`, or `[N, C]`), any float dtype.
        training: bool. Whether to use the moments of the batch. A frozen layer
            (`trainable = False`) does not, as Keras' own.

    Returns:
        A tensor of the shape of `inputs` in the compute dtype.

    Raises:
        ValueError: if `momentum` is not in [0, 1).

    Example:
        >>> layer = BatchNormalization()
        >>> layer(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 3)

    Reference:
        - Ioffe & Szegedy, 2015, https://arxiv.org/abs/1502.03167
        - standing statistics: Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        momentum=0.9,
        epsilon=1e-5,
        center=True,
        scale=True,
        data_format=None,
        **kwargs,
    ):
        super().__init__(**kwargs)
        if not 0 <= momentum < 1:
            raise ValueError(
                f"`momentum` must be in [0, 1). Received: momentum={momentum}"
            )
        self.momentum = momentum
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.data_format = data_formats.standardize(data_format)
        self.accumulates = False

    def build(self, input_shape):
        channels = data_formats.channels(input_shape, self.data_format)
        self._build_affine(channels)
        self.moving_mean = self._moment("moving_mean", (channels,), "zeros")
        self.moving_variance = self._moment("moving_variance", (channels,), "ones")
        self.standing_mean = self._moment("standing_mean", (channels,), "zeros")
        self.standing_variance = self._moment("standing_variance", (channels,), "zeros")
        self.standing_count = self._moment("standing_count", (), "zeros")

    def _build_affine(self, channels):
        self.gamma = self.beta = None
        if self.scale:
            self.gamma = self.add_weight(
                name="gamma", shape=(channels,), initializer="ones", autocast=False
            )
        if self.center:
            self.beta = self.add_weight(
                name="beta", shape=(channels,), initializer="zeros", autocast=False
            )

    def _moment(self, name, shape, initializer):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=initializer,
            trainable=False,
            autocast=False,
        )

    def reset_standing_statistics(self):
        """Resets the accumulated moments."""
        for variable in (
            self.standing_mean,
            self.standing_variance,
            self.standing_count,
        ):
            variable.assign(keras.ops.zeros(variable.shape))

    def _batch_moments(self, inputs):
        axes = data_formats.reduction_axes(inputs, self.data_format)
        mean, square = backend.replica_mean(*backend.moments(inputs, axes))
        # Rounding can take the difference below zero.
        return mean, ops.maximum(square - ops.square(mean), 0.0)

    def _inference_moments(self):
        stands = self.standing_count > 0
        count = ops.maximum(self.standing_count.value, 1.0)
        pairs = (
            (self.standing_mean, self.moving_mean),
            (self.standing_variance, self.moving_variance),
        )
        return [
            keras.ops.where(stands, standing.value / count, moving.value)
            for standing, moving in pairs
        ]

    def _moments(self, inputs, training):
        if training:
            mean, variance = self._batch_moments(inputs)
            for moving, new in (
                (self.moving_mean, mean),
                (self.moving_variance, variance),
            ):
                difference = moving.value - ops.stop_gradient(new)
                moving.assign(moving.value - difference * (1 - self.momentum))
            self.standing_count.assign(0.0 * self.standing_count.value)
            return mean, variance
        if self.accumulates:
            mean, variance = self._batch_moments(inputs)
            # If the count is zero, earlier sums are discarded.
            kept = ops.cast(self.standing_count > 0, "float32")
            self.standing_mean.assign(self.standing_mean * kept + mean)
            self.standing_variance.assign(self.standing_variance * kept + variance)
            self.standing_count.assign(self.standing_count + 1)
        return self._inference_moments()

    def _normalize(self, inputs, gain, bias, training):
        """`(inputs - mean) / sqrt(variance + ε) · gain + bias`, as one multiply-add.

        `gain` and `bias` are `None`, `[C]` or `[N, C]`.
        """
        inputs = ops.cast(inputs, "float32")
        mean, variance = self._moments(inputs, training)
        scale = ops.rsqrt(variance + self.epsilon)
        if gain is not None:
            scale = scale * gain
        shift = -mean * scale
        if bias is not None:
            shift = shift + bias
        shape = data_formats.broadcast_shape(inputs, scale, self.data_format)
        outputs = backend.multiply_add(
            inputs, ops.reshape(scale, shape), ops.reshape(shift, shape)
        )
        return ops.cast(outputs, self.compute_dtype)

    def call(self, inputs, training=False):
        training = training and self.trainable
        return self._normalize(inputs, self.gamma, self.beta, training)

    def compute_output_shape(self, input_shape):
        return input_shape

    def get_config(self):
        return {
            **super().get_config(),
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "data_format": self.data_format,
        }
