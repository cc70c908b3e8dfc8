"""Batch normalization with a gain and a bias computed from a condition."""

import keras

from keras_s3gan import backend
from keras_s3gan.backend import ops
from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization


@keras.saving.register_keras_serializable("keras_s3gan")
class ConditionalBatchNormalization(BatchNormalization):
    """Batch normalization whose gain and bias are linear in a condition vector.

    `y = standardize(x) · (1 + c·Wγ) + c·Wβ`, or `c·Wγ` alone without `unit_gain`.

    Args:
        unit_gain: bool. Whether to add 1 to the gain, so that a condition of zeros
            gives plain batch normalization. Compare GAN does not. Defaults to `True`.
        use_bias: bool. Whether the two linear maps have a bias. Defaults to `False`.
        kernel_normalization: of the two maps, see
            `with_kernel_normalization`. Defaults to `None`.
        kernel_initializer: initializer of the two maps. Defaults to `"orthogonal"`.
        momentum, epsilon, data_format: as in `BatchNormalization`.

    Call arguments:
        inputs: `[N, H, W, C]` (or `[N, C, H, W]`, or `[N, C]`), any float dtype.
        condition: `[N, D]`, for example one-hot labels or an embedding.
        training: bool.

    Returns:
        A tensor of the shape of `inputs` in the compute dtype.

    Raises:
        ValueError: if `condition` is not of rank 2.

    Example:
        >>> layer = ConditionalBatchNormalization()
        >>> x, labels = keras.ops.ones((4, 8, 8, 16)), keras.ops.eye(4)
        >>> layer(x, labels, training=True).shape
        (4, 8, 8, 16)

    Reference:
        - Dumoulin et al., 2017, https://arxiv.org/abs/1610.07629
        - de Vries et al., 2017, https://arxiv.org/abs/1707.00683
    """

    def __init__(
        self,
        unit_gain=True,
        use_bias=False,
        kernel_normalization=None,
        kernel_initializer="orthogonal",
        momentum=0.9,
        epsilon=1e-5,
        data_format=None,
        **kwargs,
    ):
        super().__init__(
            momentum=momentum,
            epsilon=epsilon,
            center=False,
            scale=False,
            data_format=data_format,
            **kwargs,
        )
        self.unit_gain = unit_gain
        self.use_bias = use_bias
        self.kernel_normalization = kernel_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, inputs_shape, condition_shape):
        if len(condition_shape) != 2:
            raise ValueError(
                "`condition` must be of rank 2, [N, D]. "
                f"Received: condition of shape {tuple(condition_shape)}"
            )
        self._condition_shape = condition_shape
        super().build(inputs_shape)

    def _build_affine(self, channels):
        self.gamma = self._linear("gamma", channels)
        self.beta = self._linear("beta", channels)

    def _linear(self, name, channels):
        layer = with_kernel_normalization(
            keras.layers.Dense(
                channels,
                use_bias=self.use_bias,
                kernel_initializer=self.kernel_initializer.clone(),
                dtype=self.dtype_policy,
                name=name,
            ),
            self.kernel_normalization,
        )
        layer.build(self._condition_shape)
        return layer

    def call(self, inputs, condition, training=False):
        gain, bias = [
            ops.cast(
                backend.call(self, linear, condition, training=training), "float32"
            )
            for linear in (self.gamma, self.beta)
        ]
        if self.unit_gain:
            gain = gain + 1.0
        training = training and self.trainable
        return self._normalize(inputs, gain, bias, training)

    def compute_output_shape(self, inputs_shape, condition_shape=None):
        return inputs_shape

    def get_config(self):
        config = super().get_config()
        del config["center"], config["scale"]
        return {
            **config,
            "unit_gain": self.unit_gain,
            "use_bias": self.use_bias,
            "kernel_normalization": self.kernel_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
