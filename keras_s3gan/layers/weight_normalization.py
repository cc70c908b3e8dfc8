"""Weight normalization of any layer with a kernel."""

import keras
from keras import ops

from keras_s3gan.layers.kernel_wrapper import KernelWrapper

_TRANSPOSED = (
    keras.layers.Conv1DTranspose,
    keras.layers.Conv2DTranspose,
    keras.layers.Conv3DTranspose,
)


@keras.saving.register_keras_serializable("keras_s3gan")
class WeightNormalization(KernelWrapper):
    """Learns the norm of a kernel apart from its direction: `g · v / ‖v‖`.

    The kernel of the wrapped layer is `v`; `g` has one entry per output channel. It
    starts as `‖v‖`, so that wrapping a layer does not change its outputs.
    `initialize_from_data` is the data-dependent initialization of the paper.

    Args:
        layer: the layer to wrap, see `KernelWrapper`.
        epsilon: float. Floor of the squared norms. Defaults to `1e-12`.

    Call arguments:
        inputs: as of the wrapped layer.

    Returns:
        The output of the wrapped layer.

    Raises:
        ValueError: if the layer has no kernel.

    Example:
        >>> layer = WeightNormalization(keras.layers.Dense(3))
        >>> layer(keras.ops.ones((2, 5))).shape
        (2, 3)

    Reference:
        - Salimans & Kingma, 2016, https://arxiv.org/abs/1602.07868
    """

    def __init__(self, layer, epsilon=1e-12, **kwargs):
        super().__init__(layer, **kwargs)
        self.epsilon = epsilon

    def build(self, input_shape=None):
        super().build(input_shape)
        # In transposed convolutions the output channels come before the input channels.
        last = len(self.kernel.shape) - 1
        self._axis = last - 1 if isinstance(self.layer, _TRANSPOSED) else last
        self._others = [axis for axis in range(last + 1) if axis != self._axis]
        self.gain = self.add_weight(
            name="gain",
            shape=(self.kernel.shape[self._axis],),
            initializer=lambda shape, dtype=None: ops.reshape(self._norms(), shape),
        )

    def _norms(self):
        squares = ops.sum(
            ops.square(self.kernel.value), axis=self._others, keepdims=True
        )
        return ops.sqrt(ops.maximum(squares, self.epsilon))

    def normalized_kernel(self, training=False):
        norms = self._norms()
        gain = ops.reshape(self.gain, norms.shape)
        return self.kernel.value * (gain / norms)

    def initialize_from_data(self, inputs, scale=1.0, epsilon=1e-10):
        """Sets `g` and the bias so that the outputs for `inputs` are standardized.

        Args:
            inputs: a batch of what the layer takes.
            scale: float. Standard deviation of each output channel. Defaults to `1.0`.
            epsilon: float. Added to the variance of the outputs.

        Returns:
            The outputs for `inputs` after that.
        """
        if not self.built:
            self.build(inputs.shape)
        bias = self.layer.bias if getattr(self.layer, "use_bias", False) else None
        self.gain.assign(ops.ones(self.gain.shape))
        if bias is not None:
            bias.assign(ops.zeros(bias.shape))
        outputs = ops.cast(self(inputs), "float32")
        first = getattr(self.layer, "data_format", None) == "channels_first"
        channel = 1 if first else len(outputs.shape) - 1
        axes = [axis for axis in range(len(outputs.shape)) if axis != channel]
        # Not `ops.moments`, which subtracts squares that may be nearly equal.
        mean = ops.mean(outputs, axes)
        centered = outputs - ops.mean(outputs, axes, keepdims=True)
        variance = ops.mean(ops.square(centered), axes)
        gain = scale * ops.rsqrt(variance + epsilon)
        self.gain.assign(gain)
        if bias is not None:
            bias.assign(-mean * gain)
        return self(inputs)

    def get_config(self):
        return {**super().get_config(), "epsilon": self.epsilon}
