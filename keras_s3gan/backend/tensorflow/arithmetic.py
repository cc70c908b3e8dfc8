"""TensorFlow: the arithmetic of normalizations."""

import keras
import tensorflow as tf


def moments(inputs, axes):
    """See `keras_s3gan.backend.interface`."""
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def coarse(inputs):
    """See `keras_s3gan.backend.interface`."""
    bits = tf.bitcast(tf.stop_gradient(inputs), tf.int32)
    return tf.bitcast(tf.bitwise.bitwise_and(bits, -(2**8)), tf.float32)


def multiply_add(inputs, scale, shift):
    """See `keras_s3gan.backend.interface`."""
    return inputs * scale + shift
