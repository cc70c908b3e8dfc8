"""Where the channels stand."""

import keras
import numpy as np
import pytest

from keras_s3gan.layers import data_formats
from tests.once import once

pytestmark = once("shapes and arrays of NumPy alone")


@pytest.mark.parametrize(
    ("data_format", "shape"),
    [("channels_last", (2, 4, 6, 3)), ("channels_first", (2, 3, 4, 6))],
)
def test_axes_and_shapes_agree(data_format, shape):
    images = np.random.default_rng(0).normal(size=shape)
    assert data_formats.channels(shape, data_format) == 3
    assert shape[data_formats.channel_axis(data_format)] == 3
    assert [shape[axis] for axis in data_formats.spatial_axes(data_format)] == [4, 6]
    assert data_formats.image_shape(4, 6, 3, data_format) == shape[1:]
    axes = data_formats.reduction_axes(images, data_format)
    means = images.mean(axis=axes)
    assert means.shape == (3,)
    centered = images - means.reshape(
        data_formats.broadcast_shape(images, means, data_format)
    )
    np.testing.assert_allclose(centered.mean(axis=axes), 0, atol=1e-12)
    each = np.ones((2, 3))
    per_image = each.reshape(data_formats.broadcast_shape(images, each, data_format))
    assert (images * per_image).shape == shape


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_vectors_have_channels_alone(data_format):
    vectors, gain = np.ones((2, 3)), np.ones(3)
    assert data_formats.channels(vectors.shape, data_format) == 3
    assert data_formats.reduction_axes(vectors, data_format) == (0,)
    assert data_formats.broadcast_shape(vectors, gain, data_format) == (1, 3)


def test_none_is_the_setting_of_keras():
    assert data_formats.standardize(None) == keras.config.image_data_format()
    assert data_formats.standardize("channels_first") == "channels_first"
    with pytest.raises(ValueError, match="Received: data_format=last"):
        data_formats.standardize("last")
