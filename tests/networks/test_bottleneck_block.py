"""Blocks of few channels within."""

import numpy as np

from keras_s3gan.networks import BottleneckBlock
from tests.harness import check_layer

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 4, 4, 3)).astype("float32")


def test_bottleneck_that_adds_channels():
    check_layer(
        lambda **kwargs: BottleneckBlock(8, "down", **kwargs), IMAGES, trainable=10
    )
