"""Downsampling and upsampling of images by 2."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats

UPSAMPLINGS = ("nearest", "zero_insertion")


def _split(images, axis):
    """Splits `axis` into pairs of neighbours: a new axis of length 2 after it."""
    shape = [-1, *images.shape[1:]]
    shape[axis : axis + 1] = [shape[axis] // 2, 2]
    return ops.reshape(images, shape)


def _joined(pairs, axis):
    """The inverse of `_split`."""
    shape = [-1, *pairs.shape[1:]]
    shape[axis : axis + 2] = [2 * shape[axis]]
    return ops.reshape(pairs, shape)


def _even(images, data_format):
    """Images of even size: the last row or column of an odd one is repeated."""
    for axis in data_formats.spatial_axes(data_format):
        if images.shape[axis] % 2:
            last = [slice(None)] * 4
            last[axis] = slice(-1, None)
            images = ops.concatenate([images, images[tuple(last)]], axis=axis)
    return images


def average_pool(images, data_format):
    """Mean over windows of 2x2; a window at an odd edge has fewer pixels.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of half the height and width, rounded up.

    Example:
        >>> average_pool(keras.ops.ones((8, 32, 32, 3)), "channels_last").shape
        (8, 16, 16, 3)
    """
    images = _even(images, data_format)
    return backend.average_pool(images, data_format)


def max_pool(images, data_format):
    """Maximum over windows of 2x2.

    Args, Returns: as in `average_pool`.

    Example:
        >>> max_pool(keras.ops.ones((8, 32, 32, 3)), "channels_last").shape
        (8, 16, 16, 3)
    """
    for axis in data_formats.spatial_axes(data_format):
        images = ops.max(_split(images, axis), axis=axis + 1)
    return images


def upsample(images, upsampling, data_format):
    """Doubles height and width.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        upsampling: `"nearest"` repeats each pixel; `"zero_insertion"` puts it at the
            even positions with zeros between, as in Compare GAN.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of twice the height and width.

    Raises:
        ValueError: if `upsampling` is neither.

    Example:
        >>> upsample(keras.ops.ones((8, 16, 16, 3)), "nearest", "channels_last").shape
        (8, 32, 32, 3)
    """
    if upsampling not in UPSAMPLINGS:
        raise ValueError(
            f"`upsampling` must be one of {UPSAMPLINGS}. "
            f"Received: upsampling={upsampling}"
        )
    if upsampling == "nearest":
        return backend.repeat_pixels(images, data_format)
    for axis in data_formats.spatial_axes(data_format)[::-1]:
        padding = [(0, 0)] * 5
        padding[axis + 1] = (0, 1)
        images = _joined(ops.pad(ops.expand_dims(images, axis + 1), padding), axis)
    return images
