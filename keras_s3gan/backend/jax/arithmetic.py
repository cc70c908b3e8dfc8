"""JAX: the arithmetic of normalizations."""

import jax
import keras


def moments(inputs, axes):
    """See `keras_s3gan.backend.interface`."""
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def coarse(inputs):
    """See `keras_s3gan.backend.interface`."""
    return jax.lax.reduce_precision(jax.lax.stop_gradient(inputs), 8, 15)


def multiply_add(inputs, scale, shift):
    """See `keras_s3gan.backend.interface`."""
    return inputs * scale + shift
