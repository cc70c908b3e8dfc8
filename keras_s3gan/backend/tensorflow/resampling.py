"""TensorFlow: downsampling and upsampling by 2."""

import keras
import tensorflow as tf


def average_pool(images, data_format):
    """See `keras_s3gan.backend.interface`."""
    return keras.ops.average_pool(images, 2, 2, "valid", data_format)


def repeat_pixels(images, data_format):
    """See `keras_s3gan.backend.interface`.

    It repeats along one axis at a time, the last one first: `tf.repeat` and the
    gradient of `tf.broadcast_to` are slow on a CPU.
    """
    for axis in (3, 2) if data_format == "channels_first" else (2, 1):
        shape = [-1, *images.shape[1:]]
        shape[axis] *= 2
        images = tf.reshape(tf.stack([images, images], axis + 1), shape)
    return images
