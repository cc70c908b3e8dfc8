"""What residual and bottleneck blocks have in common."""

import numpy as np
import pytest

from keras_s3gan.networks import BottleneckBlock, ResidualBlock
from tests.harness import check_layer
from tests.once import once

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 4, 4, 3)).astype("float32")
CONDITION = RANDOM.standard_normal((4, 5)).astype("float32")


@pytest.mark.parametrize(
    ("block", "upsampling"),
    [
        (ResidualBlock, "zero_insertion"),
        pytest.param(
            BottleneckBlock,
            "nearest",
            marks=once("ResidualBlock is given the same condition on each"),
        ),
    ],
)
def test_conditional_block_that_goes_up(block, upsampling):
    bottleneck = block is BottleneckBlock
    images = np.concatenate([IMAGES] * 4, axis=-1) if bottleneck else IMAGES
    check_layer(
        lambda **kwargs: block(
            8,
            "up",
            "conditional_batch",
            upsampling=upsampling,
            kernel_normalization="spectral",
            **kwargs,
        ),
        (images, CONDITION),
        trainable=16 if bottleneck else 10,
        # A bias in front of a batch normalization moves nothing.
        unmoved=tuple(
            f"convolution_{n}/bias" for n in (1, 2, 3)[: 3 if bottleneck else 1]
        ),
    )
