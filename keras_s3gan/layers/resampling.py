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
    """Images of even size: an odd one has its last row or column twice."""
    for axis in data_formats.spatial_axes(data_format):
        if images.shape[axis] % 2:
            last = [slice(None)] * 4
            last[axis] = slice(-1, None)
            images = ops.concatenate([images, images[tuple(last)]], axis=axis)
    return images


def average_pool(images, data_format):
    """Mean over windows of 2x2; at an odd edge over the pixels that exist.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        data_format: `"channels_last"` or `"channels_first"`.
    """
    images = _even(images, data_format)
    return backend.average_pool(images, data_format)


def max_pool(images, data_format):
    """Maximum over windows of 2x2; arguments as in `average_pool`."""
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

    Raises:
        ValueError: if `upsampling` is neither.
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
