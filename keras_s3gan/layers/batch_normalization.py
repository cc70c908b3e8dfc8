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
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`), sequences `[N, T, C]`, vectors
            `[N, C]`, or with any other number of axes; any float dtype.
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

    def _shift(self, inputs):
        """Rough means `[C]`, so that what is left of the inputs can be squared.

        They are the means of the middle rows of all images. The mean of H equal parts
        is at most `sqrt(H - 1)` deviations away from any of theirs (Samuelson's
        inequality). Rows cost 1 / H of the reading; one image alone might be on another
        device. Any shift leaves the gradients as they are.
        """
        rows, axes = inputs, (0,)
        spatial = data_formats.spatial_axes(self.data_format, len(inputs.shape))
        if spatial:
            axis, *others = spatial
            middle = (inputs.shape[axis] or 0) // 2
            rows = rows[(*[slice(None)] * axis, middle)]
            axes = (0, *[other - 1 for other in others])
        (shift,) = backend.replica_mean(ops.mean(rows, axis=axes))
        return backend.coarse(shift)

    def _spread(self, vector, inputs):
        shape = data_formats.broadcast_shape(inputs, vector, self.data_format)
        return ops.reshape(vector, shape)

    def _batch_moments(self, inputs):
        """Returns inputs minus a shift, the shift, and the means and variances.

        The means are of the inputs minus the shift.
        """
        shift = self._shift(inputs)
        inputs = inputs - self._spread(shift, inputs)
        axes = data_formats.reduction_axes(inputs, self.data_format)
        mean, square = backend.replica_mean(*backend.moments(inputs, axes))
        # Rounding can take the difference below zero.
        return inputs, shift, mean, ops.maximum(square - ops.square(mean), 0.0)

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
        """Returns inputs minus nearly all of their means, the rest, the variances."""
        if training:
            inputs, shift, rest, variance = self._batch_moments(inputs)
            for moving, new in (
                (self.moving_mean, shift + rest),
                (self.moving_variance, variance),
            ):
                difference = moving.value - ops.stop_gradient(new)
                moving.assign(moving.value - difference * (1 - self.momentum))
            self.standing_count.assign(0.0 * self.standing_count.value)
            return inputs, rest, variance
        if self.accumulates:
            _, shift, rest, variance = self._batch_moments(inputs)
            # If the count is zero, earlier sums are discarded.
            kept = ops.cast(self.standing_count > 0, "float32")
            self.standing_mean.assign(self.standing_mean * kept + (shift + rest))
            self.standing_variance.assign(self.standing_variance * kept + variance)
            self.standing_count.assign(self.standing_count + 1)
        mean, variance = self._inference_moments()
        return inputs - self._spread(mean, inputs), 0.0 * mean, variance

    def _normalize(self, inputs, gain, bias, training):
        """`(inputs - mean) / sqrt(variance + ε) · gain + bias`.

        The subtraction comes first: a large mean times the gain would leave rounding
        errors. `gain` and `bias` are `None`, `[C]` or `[N, C]`.
        """
        inputs, rest, variance = self._moments(ops.cast(inputs, "float32"), training)
        scale = ops.rsqrt(variance + self.epsilon)
        if gain is not None:
            scale = scale * gain
        offset = -rest * scale
        if bias is not None:
            offset = offset + bias
        outputs = backend.multiply_add(
            inputs, self._spread(scale, inputs), self._spread(offset, inputs)
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
