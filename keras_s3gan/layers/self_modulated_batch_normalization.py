"""Batch normalization with a gain and a bias computed from the latent."""

import keras
from keras import ops

from keras_s3gan.layers.conditional_batch_normalization import (
    ConditionalBatchNormalization,
)


@keras.saving.register_keras_serializable("keras_s3gan")
class SelfModulatedBatchNormalization(ConditionalBatchNormalization):
    """Batch normalization whose gain and bias come from a small network of the latent.

    `y = standardize(x) · (1 + h·Wγ + bγ) + h·Wβ + bβ` with `h = relu(c·W + b)`. The
    condition c is the latent, or the latent and the label, concatenated.

    Args:
        hidden_units: int >= 0. Length of h; with 0 there is no hidden layer, `h = c`.
            Defaults to `32`.
        kernel_normalization: of the three maps, see `with_kernel_normalization`.
            Defaults to `None`.
        kernel_initializer: of the three maps. Defaults to `"orthogonal"`.
        momentum, epsilon, data_format: as in `BatchNormalization`.

    Call arguments, Returns: as in `ConditionalBatchNormalization`.

    Raises:
        ValueError: if `hidden_units` is negative or `condition` is not of rank 2.

    Example:
        >>> layer = SelfModulatedBatchNormalization()
        >>> x, latents = keras.ops.ones((4, 8, 8, 16)), keras.ops.ones((4, 120))
        >>> layer(x, latents, training=True).shape
        (4, 8, 8, 16)

    Reference:
        - Chen et al., 2019, https://arxiv.org/abs/1810.01365
    """

    def __init__(
        self,
        hidden_units=32,
        kernel_normalization=None,
        kernel_initializer="orthogonal",
        momentum=0.9,
        epsilon=1e-5,
        data_format=None,
        **kwargs,
    ):
        super().__init__(
            unit_gain=True,
            use_bias=True,
            kernel_normalization=kernel_normalization,
            kernel_initializer=kernel_initializer,
            momentum=momentum,
            epsilon=epsilon,
            data_format=data_format,
            **kwargs,
        )
        if hidden_units < 0:
            raise ValueError(
                "`hidden_units` must not be negative. "
                f"Received: hidden_units={hidden_units}"
            )
        self.hidden_units = hidden_units

    def _build_affine(self, channels):
        self.hidden = None
        if self.hidden_units:
            self.hidden = self._linear("hidden", self.hidden_units)
            self._condition_shape = (self._condition_shape[0], self.hidden_units)
        super()._build_affine(channels)

    def call(self, inputs, condition, training=False):
        if self.hidden is not None:
            condition = ops.relu(self.hidden(condition))
        return super().call(inputs, condition, training=training)

    def get_config(self):
        config = super().get_config()
        del config["unit_gain"], config["use_bias"]
        return {**config, "hidden_units": self.hidden_units}
