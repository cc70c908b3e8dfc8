"""TensorFlow: what normalizations are made of."""

import keras


def moments(inputs, axes):
    """Means; see `keras_s3gan.backend.jax.moments`."""
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def multiply_add(inputs, scale, shift):
    """`inputs · scale + shift`."""
    return inputs * scale + shift
