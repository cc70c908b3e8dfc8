"""JAX: the arithmetic of normalizations."""

import keras


def moments(inputs, axes):
    """See `keras_s3gan.backend.interface`."""
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def multiply_add(inputs, scale, shift):
    """See `keras_s3gan.backend.interface`."""
    return inputs * scale + shift
