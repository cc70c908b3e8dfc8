"""InfoGAN's Q head, which predicts the latent code from image features."""

import keras
from keras import ops

from keras_s3gan.layers.kernel_normalization import with_kernel_normalization


@keras.saving.register_keras_serializable("keras_s3gan")
class QHead(keras.layers.Layer):
    """A network with one hidden layer on image features; its outputs describe a code.

    Args:
        units: int. Length of the code.
        hidden_units: int. Defaults to `128`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to `None`.
        kernel_initializer: Defaults to `"orthogonal"`.

    Call arguments:
        features: `[N, D]`, any float dtype.
        training: bool. Updates the vectors of spectral normalization.

    Returns:
        `[N, units]` in the compute dtype.

    Example:
        >>> QHead(12)(features).shape
        (64, 12)

    Reference:
        - Chen et al., 2016, https://arxiv.org/abs/1606.03657
    """

    def __init__(
        self,
        units,
        hidden_units=128,
        kernel_normalization=None,
        kernel_initializer="orthogonal",
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.units = units
        self.hidden_units = hidden_units
        self.kernel_normalization = kernel_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, features_shape):
        self.hidden = self._dense(self.hidden_units, features_shape[-1], "hidden")
        self.linear = self._dense(self.units, self.hidden_units, "linear")

    def _dense(self, units, inputs, name):
        layer = with_kernel_normalization(
            keras.layers.Dense(
                units,
                kernel_initializer=self.kernel_initializer.clone(),
                dtype=self.dtype_policy,
                name=name,
            ),
            self.kernel_normalization,
        )
        layer.build((None, inputs))
        return layer

    def call(self, features, training=False):
        return self.linear(ops.leaky_relu(self.hidden(features), 0.2))

    def compute_output_shape(self, features_shape):
        return (features_shape[0], self.units)

    def get_config(self):
        return {
            **super().get_config(),
            "units": self.units,
            "hidden_units": self.hidden_units,
            "kernel_normalization": self.kernel_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


# Files that were saved under the old name.
keras.saving.get_custom_objects()["keras_s3gan>CodeHead"] = QHead
