"""Spectral normalization of any layer with a kernel."""

import contextlib

import keras
from keras import ops

# Where Keras' layers keep what is here called the kernel.
_ATTRIBUTES = ("_kernel", "kernel", "_embeddings", "embeddings")
_SIDES = ("left", "right", "auto")


@keras.saving.register_keras_serializable("keras_s3gan")
class SpectralNormalization(keras.layers.Wrapper):
    """Divides the kernel of a layer by an estimate of its largest singular value.

    The kernel is read as a matrix `W` of `[prod(shape[:-1]), shape[-1]]`; one vector
    `u` is kept, and each call in training moves it by power iteration:
    `v = n(Wᵀu)`, `u = n(Wv)`, `σ = uᵀWv`. The layer then works with `W / σ`. The raw
    kernel stays as it is, so gradients flow through `σ` (not through `u` and `v`) and
    inference uses the same normalized kernel as training.

    Args:
        layer: the layer to wrap: Dense, Conv1D/2D/3D, a transposed or separable
            variant with a `kernel`, or Embedding.
        power_iterations: int >= 1. Iterations for each call. Defaults to `1`.
        side: `"left"`, `"right"` or `"auto"`: whether `u` has an entry for each row
            of `W`, for each column, or for whichever are fewer. Defaults to `"auto"`.
        iterate_at_inference: bool. Also move `u` when `training` is false, as
            Compare GAN does. Defaults to `False`.
        warmup_iterations: int >= 0. Power iterations on the initial kernel when the
            layer is built, so that `σ` is right from the first step. Defaults to `0`.
        epsilon: float. Floor of the squared norms. Defaults to `1e-12`.

    Call arguments:
        inputs: whatever the wrapped layer takes.
        training: bool. Whether to move `u`.

    Returns:
        What the wrapped layer returns. The normalization itself is done in float32
        whatever the dtype policy of the wrapped layer.

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
        name=None,
        **kwargs,
    ):
        kwargs.pop("dtype", None)
        super().__init__(
            layer, name=name or layer.name, dtype="float32", autocast=False, **kwargs
        )
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
        names = [name for name in _ATTRIBUTES if name in self.layer.__dict__]
        if not names:
            raise ValueError(
                "SpectralNormalization needs a layer with a kernel or embeddings. "
                f"Received: layer={self.layer}"
            )
        self._attribute = names[0]
        rows, columns = self._matrix(self._kernel).shape
        self._left = self.side == "left" or (self.side == "auto" and rows <= columns)
        self.u = self.add_weight(
            name="u",
            shape=(rows, 1) if self._left else (1, columns),
            initializer=self._initial_vector,
            trainable=False,
        )

    @property
    def _kernel(self):
        return self.layer.__dict__[self._attribute]

    def _initial_vector(self, shape, dtype=None):
        # An initializer has a seed of its own, so this may happen inside of a trace.
        vector = keras.initializers.RandomNormal(stddev=1.0)(shape, dtype=dtype)
        for _ in range(self.warmup_iterations):
            vector, _ = self._iterate(self._matrix(self._kernel.value), vector)
        return vector

    def _matrix(self, kernel):
        return ops.reshape(kernel, (-1, kernel.shape[-1]))

    def _normalize(self, vector):
        square = ops.sum(ops.square(vector))
        return vector * ops.rsqrt(ops.maximum(square, self.epsilon))

    def _iterate(self, matrix, vector):
        """Returns the next `u` and the other singular vector."""
        transposed = ops.transpose(matrix)
        if self._left:
            other = self._normalize(ops.matmul(transposed, vector))
            return self._normalize(ops.matmul(matrix, other)), other
        other = self._normalize(ops.matmul(vector, transposed))
        return self._normalize(ops.matmul(other, matrix)), other

    def normalized_kernel(self, training=False):
        """The kernel that the wrapped layer works with: `W / σ`, in float32.

        Args:
            training: bool. Whether to move `u` first.
        """
        matrix = self._matrix(self._kernel.value)
        constant = ops.stop_gradient(matrix)
        u = ops.convert_to_tensor(self.u)
        if training or self.iterate_at_inference:
            for _ in range(self.power_iterations):
                u, other = self._iterate(constant, u)
            u = ops.stop_gradient(u)
            self.u.assign(u)
        else:
            # The stored `u` is normalized once it has moved; a fresh one is not.
            transposed = ops.transpose(constant)
            u = self._normalize(u)
            other = self._normalize(
                ops.matmul(transposed, u) if self._left else ops.matmul(u, transposed)
            )
        left, right = (u, other) if self._left else (other, u)
        left = ops.stop_gradient(ops.reshape(left, (1, -1)))
        right = ops.stop_gradient(ops.reshape(right, (-1, 1)))
        sigma = ops.matmul(ops.matmul(left, matrix), right)
        return ops.reshape(matrix / sigma, self._kernel.shape)

    def call(self, inputs, training=False):
        kernel = self.normalized_kernel(training)
        with self._replaced(ops.cast(kernel, self.layer.compute_dtype)):
            return self.layer(inputs)

    @contextlib.contextmanager
    def _replaced(self, kernel):
        # Straight into the instance dictionary: the attribute hooks of Keras would
        # take the assignment for a change of the layer's weights.
        variable = self._kernel
        self.layer.__dict__[self._attribute] = kernel
        try:
            yield
        finally:
            self.layer.__dict__[self._attribute] = variable

    def compute_output_shape(self, input_shape):
        return self.layer.compute_output_shape(input_shape)

    def compute_output_spec(self, inputs, training=False):
        return self.layer.compute_output_spec(inputs)

    def get_config(self):
        config = super().get_config()
        config.pop("dtype")
        return {
            **config,
            "power_iterations": self.power_iterations,
            "side": self.side,
            "iterate_at_inference": self.iterate_at_inference,
            "warmup_iterations": self.warmup_iterations,
            "epsilon": self.epsilon,
        }


def with_spectral_normalization(layer, options):
    """Wraps `layer` if asked to.

    Args:
        layer: a Keras layer.
        options: `None` or `False` (leave it), `True`, or a dict of arguments of
            `SpectralNormalization`.

    Returns:
        `layer`, or `layer` wrapped.

    Raises:
        ValueError: if `options` is something else.
    """
    if options is None or options is False:
        return layer
    if options is True:
        options = {}
    if not isinstance(options, dict):
        raise ValueError(
            "`spectral_normalization` must be None, a bool or a dict of arguments of "
            f"SpectralNormalization. Received: spectral_normalization={options}"
        )
    return SpectralNormalization(layer, **options)
