"""Halving and doubling of images, written as reshapes.

XLA runs windowed reductions slowly on CPU, and on no backend are these slower.
"""

from keras import ops

from keras_s3gan.layers import data_formats

UPSAMPLINGS = ("nearest", "zero_insertion")


def _windows(images, data_format):
    """Splits height and width in pairs; returns the tensor and the pairs' axes."""
    if data_format == "channels_first":
        _, channels, height, width = images.shape
        shape = (-1, channels, height // 2, 2, width // 2, 2)
        return ops.reshape(images, shape), (3, 5)
    _, height, width, channels = images.shape
    shape = (-1, height // 2, 2, width // 2, 2, channels)
    return ops.reshape(images, shape), (2, 4)


def _even(images, data_format):
    """The images, with the last row or column twice where their number is odd."""
    for axis in data_formats.spatial_axes(data_format):
        if images.shape[axis] % 2:
            last = [slice(None)] * 4
            last[axis] = slice(-1, None)
            images = ops.concatenate([images, images[tuple(last)]], axis=axis)
    return images


def average_pool(images, data_format):
    """Mean over windows of 2x2; at an odd edge over what there is of one.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        data_format: which of the two.
    """
    images = _even(images, data_format)
    windows, axes = _windows(images, data_format)
    return ops.mean(windows, axis=axes)


def max_pool(images, data_format):
    """Maximum over windows of 2x2; arguments as in `average_pool`."""
    windows, axes = _windows(images, data_format)
    return ops.max(windows, axis=axes)


def upsample(images, upsampling, data_format):
    """Doubles height and width.

    Args:
        images: `[N, H, W, C]` or `[N, C, H, W]`.
        upsampling: `"nearest"` repeats each pixel; `"zero_insertion"` puts it at the
            even positions and zeros elsewhere, as Compare GAN does.
        data_format: where the channels are.

    Raises:
        ValueError: if `upsampling` is neither.
    """
    if upsampling not in UPSAMPLINGS:
        raise ValueError(
            f"`upsampling` must be one of {UPSAMPLINGS}. "
            f"Received: upsampling={upsampling}"
        )
    first, second = (
        axis + offset
        for axis, offset in zip(
            data_formats.spatial_axes(data_format), (1, 2), strict=True
        )
    )
    pixels = ops.expand_dims(ops.expand_dims(images, first), second)
    if upsampling == "nearest":
        copies = [1] * 6
        copies[first] = copies[second] = 2
        windows = ops.tile(pixels, copies)
    else:
        padding = [(0, 0)] * 6
        padding[first] = padding[second] = (0, 1)
        windows = ops.pad(pixels, padding)
    shape = [-1, *images.shape[1:]]
    for axis in data_formats.spatial_axes(data_format):
        shape[axis] *= 2
    return ops.reshape(windows, shape)
