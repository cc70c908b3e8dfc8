"""Images twice and half as large."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).normal(size=(2, 4, 6, 3)).astype("float32")


def run(function, data_format):
    """The result for `IMAGES`, channels last whatever the format."""
    first = data_format == "channels_first"
    images = np.moveaxis(IMAGES, -1, 1) if first else IMAGES
    found = ops.convert_to_numpy(function(ops.convert_to_tensor(images), data_format))
    return np.moveaxis(found, 1, -1) if first else found


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_means_of_windows(data_format):
    windows = IMAGES.reshape(2, 2, 2, 3, 2, 3)
    found = run(backend.average_pool, data_format)
    assert_close(found, windows.mean(axis=(2, 4)), 1e-6)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_every_pixel_four_times(data_format):
    expected = IMAGES.repeat(2, axis=1).repeat(2, axis=2)
    assert_close(run(backend.repeat_pixels, data_format), expected, 0)
