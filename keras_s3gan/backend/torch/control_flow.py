"""PyTorch: conditions and loops within a program."""

import keras


def cond(condition, function, state=()):
    """See `keras_s3gan.backend.interface`."""
    del state
    return function() if condition else keras.ops.zeros(())


def scan(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    del state
    for index in range(len(keras.tree.flatten(inputs)[0])):
        function(_slice(inputs, index))


def _slice(inputs, index):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[index], inputs
    )
