"""JAX: the call of a layer within that of another."""


def call(parent, layer, *inputs, training):
    """See `keras_s3gan.backend.interface`."""
    del parent, training  # Keras passes it on.
    return layer(*inputs)
