"""JAX: downsampling and upsampling by 2."""

import jax
import keras


def average_pool(images, data_format):
    """See `keras_s3gan.backend.interface`."""
    return keras.ops.average_pool(images, 2, 2, "valid", data_format)


def repeat_pixels(images, data_format):
    """See `keras_s3gan.backend.interface`."""
    for axis in (2, 3) if data_format == "channels_first" else (1, 2):
        images = jax.numpy.repeat(images, 2, axis)
    return images
