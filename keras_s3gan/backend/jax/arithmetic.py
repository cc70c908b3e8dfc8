"""JAX: what normalizations are made of."""

import keras


def moments(inputs, axes):
    """Means of inputs and of their squares.

    Args:
        inputs: float tensor.
        axes: tuple of ints. What is averaged over.
    """
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def multiply_add(inputs, scale, shift):
    """`inputs · scale + shift`."""
    return inputs * scale + shift
