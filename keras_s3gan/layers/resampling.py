"""Downsampling and upsampling of images by 2."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats

UPSAMPLINGS = ("nearest", "zero_insertion", "bilinear")


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


def _part(images, axis, index):
    """`images` with an index or a slice along `axis`."""
    return images[(*[slice(None)] * axis, index)]


def _padded(images, axis):
    """A row or column of zeros before and behind."""
    padding = [(0, 0)] * len(images.shape)
    padding[axis] = (1, 1)
    return ops.pad(images, padding)


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


def bilinear_pool(images, data_format):
    """Mean over windows of 2x2 after a filter of `[1, 2, 1] / 4` along each axis.

    The filter finds zeros beyond the edges. This is a convolution of stride 2 with
    `[1, 3, 3, 1] / 8` along each axis.

    Args, Returns: as in `average_pool`.

    Example:
        >>> bilinear_pool(keras.ops.ones((8, 32, 32, 3)), "channels_last").shape
        (8, 16, 16, 3)
    """
    images = _even(images, data_format)
    for axis in data_formats.spatial_axes(data_format):
        pairs = _split(_padded(images, axis), axis)
        first, second = (_part(pairs, axis + 1, index) for index in (0, 1))
        before, behind = slice(-1), slice(1, None)
        middle = _part(second, axis, before) + _part(first, axis, behind)
        ends = _part(first, axis, before) + _part(second, axis, behind)
        images = 3 * middle + ends
    return images / 64


def upsample(images, upsampling, data_format):
    """Doubles height and width.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        upsampling: `"nearest"` repeats each pixel; `"bilinear"` then filters with
            `[1, 2, 1] / 4` along each axis, with zeros beyond the edges;
            `"zero_insertion"` puts each pixel at the even positions with zeros between,
            as in Compare GAN.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of twice the height and width.

    Raises:
        ValueError: if `upsampling` is none of them.

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
    if upsampling == "bilinear":
        images = images / 16
        for axis in data_formats.spatial_axes(data_format):
            padded, middle = _padded(images, axis), 3 * images
            pairs = [
                _part(padded, axis, part) + middle
                for part in (slice(-2), slice(2, None))
            ]
            images = _joined(ops.stack(pairs, axis + 1), axis)
        return images
    for axis in data_formats.spatial_axes(data_format)[::-1]:
        padding = [(0, 0)] * 5
        padding[axis + 1] = (0, 1)
        images = _joined(ops.pad(ops.expand_dims(images, axis + 1), padding), axis)
    return images
