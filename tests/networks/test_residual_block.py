"""Residual blocks keep the promises of a Keras layer."""

import numpy as np
import pytest

from keras_s3gan.networks import ResidualBlock
from tests.harness import check_layer

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 4, 4, 3)).astype("float32")


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


def test_wrong_arguments_of_a_block_are_named():
    for kwargs in ({"resampling": "sideways"}, {"shortcut": "long"}):
        ((name, value),) = kwargs.items()
        with pytest.raises(ValueError, match=f"{name}={value}"):
            ResidualBlock(4, **kwargs)
    with pytest.raises(ValueError, match="normalization=batched"):
        ResidualBlock(4, normalization="batched")
    with pytest.raises(ValueError, match="condition=None"):
        ResidualBlock(4, normalization="conditional_batch")(IMAGES)
