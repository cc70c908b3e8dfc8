"""TensorFlow: conditions and loops within a program."""

import keras
import tensorflow as tf

from keras_s3gan.backend.tensorflow.collectives import replica_count


def cond(condition, function, state=()):
    """See `keras_s3gan.backend.interface`."""
    del state
    return tf.cond(condition, function, lambda: tf.zeros(()))


def scan(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`.

    With replicas, which cannot communicate within a loop, the program contains all
    calls.
    """
    del state
    count = keras.tree.flatten(inputs)[0].shape[0]
    if replica_count() > 1:
        for index in range(count):
            function(_slice(inputs, index))
        return

    def body(index):
        function(_slice(inputs, index))
        return (index + 1,)

    tf.while_loop(
        lambda index: index < count,
        body,
        (tf.zeros((), "int32"),),
        parallel_iterations=1,
        maximum_iterations=count,
    )


def _slice(inputs, index):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[index], inputs
    )
