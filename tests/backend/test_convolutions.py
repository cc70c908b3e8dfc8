"""Convolutions of every framework, beside those of Keras."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(2, 8, 6, 4)).astype("float32")
BIAS = RANDOM.normal(size=6).astype("float32")
FORMATS = ["channels_last", "channels_first"]


def in_format(images, data_format):
    return np.moveaxis(images, -1, 1) if data_format == "channels_first" else images


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize(
    ("size", "stride", "padding", "dilation", "groups"),
    [
        (3, 1, "same", 1, 1),
        (4, 2, "same", 1, 1),
        (3, 2, "valid", 1, 1),
        (1, 2, "same", 1, 1),
        (3, 1, "same", 2, 1),
        (3, 1, "valid", 1, 2),
    ],
)
def test_convolution(size, stride, padding, dilation, groups, data_format):
    kernel = RANDOM.normal(size=(size, size, 4 // groups, 6)).astype("float32")
    images = ops.convert_to_tensor(in_format(IMAGES, data_format))
    found = backend.convolution(
        *(images, ops.convert_to_tensor(kernel), ops.convert_to_tensor(BIAS)),
        *((stride, stride), padding, (dilation, dilation), data_format),
    )
    # Of Keras, which has channels_first on TensorFlow by oneDNN alone.
    expected = ops.conv(
        *(IMAGES, kernel, stride, padding),
        dilation_rate=dilation,
        data_format="channels_last",
    )
    expected = ops.convert_to_numpy(expected) + BIAS
    assert_close(found, in_format(expected, data_format), 1e-5)


@pytest.mark.parametrize("data_format", FORMATS)
@pytest.mark.parametrize("size", [2, 4])
def test_transposed_convolution(size, data_format):
    kernel = RANDOM.normal(size=(size, size, 6, 4)).astype("float32")
    images = ops.convert_to_tensor(in_format(IMAGES, data_format))
    found = backend.transposed_convolution(
        *(images, ops.convert_to_tensor(kernel), ops.convert_to_tensor(BIAS)),
        data_format,
    )
    expected = ops.conv_transpose(
        IMAGES, kernel, 2, padding="same", data_format="channels_last"
    )
    expected = ops.convert_to_numpy(expected) + BIAS
    assert_close(found, in_format(expected, data_format), 1e-5)
