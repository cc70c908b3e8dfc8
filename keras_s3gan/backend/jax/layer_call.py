"""JAX: calls of a layer within the call of another."""


def call(parent, layer, *inputs, training):
    """See `keras_s3gan.backend.interface`."""
    del parent, training  # Keras passes `training` on.
    return layer(*inputs)
