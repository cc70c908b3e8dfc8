"""Spectral normalization of any layer with a kernel."""

import math

import keras

from keras_s3gan.backend import ops
from keras_s3gan.layers.kernel_wrapper import KernelWrapper

_SIDES = ("left", "right", "auto")


@keras.saving.register_keras_serializable("keras_s3gan")
class SpectralNormalization(KernelWrapper):
    """Divides the kernel of a layer by an estimate of its largest singular value.

    The kernel is reshaped to a matrix `W`, `[prod(shape[:-1]), shape[-1]]`. The layer
    stores one vector `u`, and each call in training updates it by power iteration:
    `v = n(Wᵀu)`, `u = n(Wv)`, `σ = uᵀWv`. The wrapped layer then uses `W / σ`. The
    stored kernel is not changed. Gradients flow through `σ`, not through `u` and `v`,
    and inference uses the same normalized kernel as training.

    Args:
        layer: the layer to wrap, see `KernelWrapper`.
        power_iterations: int >= 1. Iterations per call. Defaults to `1`.
        side: `"left"`, `"right"` or `"auto"`: whether `u` has one entry per row of
            `W`, per column, or per whichever are fewer. Defaults to `"auto"`.
        iterate_at_inference: bool. Whether to update `u` at inference, too, as Compare
            GAN does. Defaults to `False`.
        warmup_iterations: int >= 0. Power iterations on the initial kernel when the
            layer is built, for an accurate `σ` at the first step. Defaults to `0`.
        epsilon: float. Floor of the squared norms. Defaults to `1e-12`.

    Call arguments:
        inputs: as of the wrapped layer.
        training: bool. Whether to update `u`.

    Returns:
        The output of the wrapped layer. The normalization itself is computed in
        float32, whatever the layer's dtype policy.

    Raises:
        ValueError: if the layer has no kernel, or an argument is out of range.

    Example:
        >>> layer = SpectralNormalization(keras.layers.Conv2D(64, 3, padding="same"))
        >>> layer(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 64)

    Reference:
        - Miyato et al., 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
        layer,
        power_iterations=1,
        side="auto",
        iterate_at_inference=False,
        warmup_iterations=0,
        epsilon=1e-12,
        **kwargs,
    ):
        super().__init__(layer, **kwargs)
        if side not in _SIDES:
            raise ValueError(f"`side` must be one of {_SIDES}. Received: side={side}")
        if power_iterations < 1:
            raise ValueError(
                "`power_iterations` must be at least 1. "
                f"Received: power_iterations={power_iterations}"
            )
        if warmup_iterations < 0:
            raise ValueError(
                "`warmup_iterations` must not be negative. "
                f"Received: warmup_iterations={warmup_iterations}"
            )
        self.power_iterations = power_iterations
        self.side = side
        self.iterate_at_inference = iterate_at_inference
        self.warmup_iterations = warmup_iterations
        self.epsilon = epsilon

    def build(self, input_shape=None):
        super().build(input_shape)
        rows, columns = self._matrix(self.kernel).shape
        self._left = self.side == "left" or (self.side == "auto" and rows <= columns)
        self.u = self.add_weight(
            name="u",
            shape=(rows, 1) if self._left else (1, columns),
            initializer=self._initial_vector,
            trainable=False,
        )

    def _initial_vector(self, shape, dtype=None):
        # An initializer has its own seed, so this also works while tracing.
        vector = keras.initializers.RandomNormal(stddev=1.0)(shape, dtype=dtype)
        for _ in range(self.warmup_iterations):
            vector = self._iterate(self._matrix(self.kernel.value), vector)
        return vector

    def _matrix(self, kernel):
        return ops.reshape(kernel, (-1, kernel.shape[-1]))

    def _length(self, vector):
        return ops.maximum(ops.norm(vector), math.sqrt(self.epsilon))

    def _normalize(self, vector):
        return vector / self._length(vector)

    def _iterate(self, matrix, u):
        """Returns the next `u`."""
        return self._normalize(self._along_u(matrix, self._other(matrix, u)))

    def _other(self, matrix, u):
        """The other singular vector: `v` where `u` is the left one."""
        transposed = ops.transpose(matrix)
        operands = (transposed, u) if self._left else (u, transposed)
        return self._normalize(ops.matmul(*operands))

    def _along_u(self, matrix, other):
        """`Wv`: its norm is σ, its direction that of the next `u`."""
        return ops.matmul(*((matrix, other) if self._left else (other, matrix)))

    def normalized_kernel(self, training=False):
        """The kernel that the wrapped layer uses: `W / σ`, in float32.

        Args:
            training: bool. Whether to update `u` first.
        """
        matrix = self._matrix(self.kernel.value)
        constant = ops.stop_gradient(matrix)
        u = self.u.value
        if training or self.iterate_at_inference:
            for _ in range(self.power_iterations - 1):
                u = self._iterate(constant, u)
            along_u = self._along_u(matrix, self._other(constant, u))
            # Its gradient is that of `uᵀWv`, since `v` is constant.
            sigma = self._length(along_u)
            self.u.assign(ops.stop_gradient(along_u / sigma))
        else:
            # An initial `u` is not normalized.
            u = self._normalize(u)
            along_u = self._along_u(matrix, self._other(constant, u))
            sigma = ops.sum(along_u * u)
        return ops.reshape(matrix / sigma, self.kernel.shape)

    def get_config(self):
        return {
            **super().get_config(),
            "power_iterations": self.power_iterations,
            "side": self.side,
            "iterate_at_inference": self.iterate_at_inference,
            "warmup_iterations": self.warmup_iterations,
            "epsilon": self.epsilon,
        }
