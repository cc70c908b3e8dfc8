"""Images resampled at the places of affine maps, with exact gradients.

`keras.ops.image.affine_transform` has on TensorFlow another function for its gradient.
"""

import numpy as np
from keras import ops


def sample_affine(images, maps, fill_mode):
    """Bilinear interpolation at the places of affine maps.

    Linear in the images, by one lookup of pixels, so that it can be differentiated as
    often as needed. There is no gradient with respect to the maps.

    Args:
        images: float32 `[N, H, W, C]`.
        maps: float32 `[N, 2, 3]`: from a place `(x, y, 1)` in the output to `(x, y)` in
            the input, in pixels to the right and down from the center.
        fill_mode: what lies outside of an image: `"nearest"`, the pixels of its border,
            or `"reflect"`, its mirror image, without the border once more.

    Returns:
        A tensor of the shape of `images`.
    """
    _, height, width, channels = images.shape
    y, x = (ops.convert_to_tensor(p) for p in _centered(height, width))
    columns, rows = (
        maps[:, axis, :1] * x + maps[:, axis, 1:2] * y + maps[:, axis, 2:]
        for axis in range(2)
    )
    rows = _neighbours(rows + (height - 1) / 2, height, fill_mode)
    columns = _neighbours(columns + (width - 1) / 2, width, fill_mode)
    corners = [(row, column) for row in rows for column in columns]
    pixels = take_pixels(
        images,
        ops.concatenate([row for (row, _), _ in corners], axis=1),
        ops.concatenate([column for _, (column, _) in corners], axis=1),
    )
    shares = ops.stack([down * right for (_, down), (_, right) in corners], axis=1)
    pixels = ops.reshape(pixels, (-1, len(corners), height * width, channels))
    sampled = ops.sum(pixels * ops.expand_dims(shares, -1), axis=1)
    return ops.reshape(sampled, (-1, height, width, channels))


def take_pixels(images, rows, columns):
    """Pixels of each image at places of its own.

    Args:
        images: `[N, H, W, C]`.
        rows, columns: int32 `[N, K]`, within the images.

    Returns:
        `[N, K, C]`.
    """
    _, height, width, channels = images.shape
    flat = ops.reshape(images, (-1, height * width, channels))
    return ops.take_along_axis(flat, ops.expand_dims(rows * width + columns, -1), 1)


def _centered(height, width):
    """Places of all pixels along y and x from the center, each `[H * W]`."""
    places = np.indices((height, width)).reshape(2, -1)
    return (places - [[(height - 1) / 2], [(width - 1) / 2]]).astype("float32")


def _neighbours(places, size, fill_mode):
    """The two pixels beside each place along one axis: pairs of index and share."""
    last = size - 1
    if fill_mode == "reflect":
        # There and back again.
        places = last - ops.abs(ops.mod(places, 2 * max(last, 1)) - last)
    places = ops.clip(places, 0, last)
    before = ops.floor(places)
    share = places - before
    before = ops.cast(before, "int32")
    return (before, 1.0 - share), (ops.minimum(before + 1, last), share)
