"""Convolutions are the same in both data formats, whatever the number of channels."""

import numpy as np
import pytest

from keras_s3gan.layers import Convolution, TransposedConvolution
from tests.harness import check_layer

IMAGES = np.random.default_rng(0).standard_normal((4, 4, 4, 3)).astype("float32")


@pytest.mark.parametrize("layer", [Convolution, TransposedConvolution])
@pytest.mark.parametrize("strides", [1, 2])
@pytest.mark.parametrize("bias", [True, False])
def test_as_many_filters_as_the_outputs_are_wide(layer, strides, bias):
    up = layer is TransposedConvolution
    width = 4 * strides if up else 4 // strides
    check_layer(
        lambda **kwargs: layer(
            width,
            3,
            strides=strides,
            padding="same",
            use_bias=bias,
            bias_initializer="random_normal",
            activation="tanh",
            **kwargs,
        ),
        IMAGES,
        trainable=1 + bias,
    )
