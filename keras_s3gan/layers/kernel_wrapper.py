"""A layer that replaces the kernel of another by a function of it."""

import contextlib

import keras

from keras_s3gan import backend
from keras_s3gan.backend import ops

# Attributes of Keras' layers that hold what is here called the kernel.
_ATTRIBUTES = ("_kernel", "kernel", "_embeddings", "embeddings")


class KernelWrapper(keras.layers.Wrapper):
    """Base of the kernel normalizations.

    A subclass defines `normalized_kernel`, in float32 whatever the dtype policy of the
    wrapped layer. The stored kernel is not changed; gradients flow through
    `normalized_kernel`.

    Args:
        layer: the layer to wrap: Dense, Conv1D/2D/3D, a transposed or separable
            variant with a `kernel`, or Embedding.

    Call arguments:
        inputs: as of the wrapped layer.
        training: bool. Passed to `normalized_kernel`.

    Returns:
        The output of the wrapped layer.

    Raises:
        ValueError: if the layer has no kernel.

    Example:
        >>> class Centered(KernelWrapper):
        ...     def normalized_kernel(self, training=False):
        ...         return self.kernel.value - keras.ops.mean(self.kernel.value)
        >>> Centered(keras.layers.Dense(3))(keras.ops.ones((2, 5))).shape
        (2, 3)
    """

    def __init__(self, layer, name=None, **kwargs):
        kwargs.pop("dtype", None)
        super().__init__(
            layer, name=name or layer.name, dtype="float32", autocast=False, **kwargs
        )

    def build(self, input_shape=None):
        super().build(input_shape)
        names = [name for name in _ATTRIBUTES if name in self.layer.__dict__]
        if not names:
            raise ValueError(
                f"{type(self).__name__} needs a layer with a kernel or embeddings. "
                f"Received: layer={self.layer}"
            )
        self._attribute = names[0]
        self.input_spec = self.layer.input_spec

    @property
    def kernel(self):
        """The kernel before normalization, a `keras.Variable`."""
        return self.layer.__dict__[self._attribute]

    def normalized_kernel(self, training=False):
        """The kernel that the wrapped layer uses, in float32.

        Args:
            training: bool. Whether a subclass may update its state first.
        """
        raise TypeError(f"{type(self).__name__} must define `normalized_kernel`.")

    def call(self, inputs, training=False):
        kernel = self.normalized_kernel(training)
        with self._replaced(ops.cast(kernel, self.layer.compute_dtype)):
            return backend.call(self, self.layer, inputs, training=training)

    @contextlib.contextmanager
    def _replaced(self, kernel):
        # Directly in the instance dictionary: by `setattr` Keras would take it for a
        # change of the layer's weights.
        variable = self.kernel
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
        # The wrapper's own is always float32.
        config.pop("dtype")
        return config
