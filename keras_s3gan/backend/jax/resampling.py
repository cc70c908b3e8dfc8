"""JAX: half and twice the resolution."""

import jax
import keras


def average_pool(images, data_format):
    """Means over windows of 2x2, as the framework is fast at.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`, of even height and width.
        data_format: which of the two.
    """
    return keras.ops.average_pool(images, 2, 2, "valid", data_format)


def repeat_pixels(images, data_format):
    """Doubles height and width, as the framework is fast at; args of `average_pool`."""
    for axis in (2, 3) if data_format == "channels_first" else (1, 2):
        images = jax.numpy.repeat(images, 2, axis)
    return images
