"""TensorFlow: the call of a layer within that of another."""


def call(parent, layer, *inputs, training):
    """A layer within another; see `keras_s3gan.backend.jax.call`."""
    del parent, training  # Keras passes it on.
    return layer(*inputs)
