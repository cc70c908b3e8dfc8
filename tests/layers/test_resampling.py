"""Pooling and upsampling against loops in NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import average_pool, bilinear_pool, max_pool, upsample
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).standard_normal((2, 4, 6, 3)).astype("float32")


def both_formats(function, expected):
    assert_close(function(ops.convert_to_tensor(IMAGES), "channels_last"), expected)
    first = ops.convert_to_tensor(np.moveaxis(IMAGES, -1, 1).copy())
    outputs = function(first, "channels_first")
    assert_close(outputs, np.moveaxis(expected, -1, 1))


@pytest.mark.parametrize(
    ("pool", "reduce"), [(average_pool, np.mean), (max_pool, np.max)]
)
def test_pools_windows_of_two(pool, reduce):
    expected = np.zeros((2, 2, 3, 3))
    for row in range(2):
        for column in range(3):
            window = IMAGES[:, 2 * row : 2 * row + 2, 2 * column : 2 * column + 2]
            expected[:, row, column] = reduce(window, axis=(1, 2))
    both_formats(pool, expected)


def test_nearest_repeats_pixels():
    expected = IMAGES.repeat(2, axis=1).repeat(2, axis=2)
    both_formats(lambda images, f: upsample(images, "nearest", f), expected)


def test_zero_insertion_keeps_even_positions():
    expected = np.zeros((2, 8, 12, 3))
    expected[:, ::2, ::2] = IMAGES
    both_formats(lambda images, f: upsample(images, "zero_insertion", f), expected)


def filtered(images):
    """`[1, 2, 1] / 4` along each axis, with zeros beyond the edges."""
    padded = np.pad(images, [(0, 0), (1, 1), (1, 1), (0, 0)])
    rows = (padded[:, :-2] + 2 * padded[:, 1:-1] + padded[:, 2:]) / 4
    return (rows[:, :, :-2] + 2 * rows[:, :, 1:-1] + rows[:, :, 2:]) / 4


def test_bilinear_filters_what_nearest_repeats():
    expected = filtered(IMAGES.repeat(2, axis=1).repeat(2, axis=2))
    both_formats(lambda images, f: upsample(images, "bilinear", f), expected)


def test_bilinear_pool_filters_first():
    smooth = filtered(IMAGES)
    expected = smooth.reshape(2, 2, 2, 3, 2, 3).mean(axis=(2, 4))
    both_formats(bilinear_pool, expected)


def test_unknown_upsampling_is_named():
    with pytest.raises(ValueError, match="upsampling=cubic"):
        upsample(ops.convert_to_tensor(IMAGES), "cubic", "channels_last")
