"""Residual blocks keep the promises of a Keras layer."""

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


@pytest.mark.parametrize(
    ("filters", "kwargs", "trainable"),
    [
        (6, {"resampling": "down"}, 6),
        (3, {"shortcut": "identity"}, 4),
        (3, {"shortcut": "none", "normalization": "layer"}, 8),
        (6, {"shortcut_kernel_size": 3, "resampling": "down"}, 6),
    ],
)
def test_block_without_condition(filters, kwargs, trainable):
    check_layer(
        lambda **others: ResidualBlock(
            filters, kernel_normalization="spectral", **kwargs, **others
        ),
        IMAGES,
        trainable=trainable,
    )


def test_bottleneck_that_adds_channels():
    check_layer(
        lambda **kwargs: BottleneckBlock(8, "down", **kwargs), IMAGES, trainable=10
    )


def test_wrong_arguments_of_a_block_are_named():
    for kwargs in ({"resampling": "sideways"}, {"shortcut": "long"}):
        ((name, value),) = kwargs.items()
        with pytest.raises(ValueError, match=f"{name}={value}"):
            ResidualBlock(4, **kwargs)
    with pytest.raises(ValueError, match="normalization=batched"):
        ResidualBlock(4, normalization="batched")
    with pytest.raises(ValueError, match="condition=None"):
        ResidualBlock(4, normalization="conditional_batch")(IMAGES)
