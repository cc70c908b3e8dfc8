"""R3GAN's residual block, against convolutions in NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.networks import ModernBlock
from tests.harness import check_layer
from tests.networks.modern_reference import block_outputs
from tests.once import once
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((3, 4, 6, 4)).astype("float32")


@pytest.mark.parametrize(
    ("resampling", "filters", "trainable"),
    [
        pytest.param("up", 2, 6, marks=once("test_modern.py has it on each")),
        ("down", 6, 6),
        pytest.param(None, 4, 5, marks=once("test_modern.py has it on each")),
    ],
)
def test_block(resampling, filters, trainable):
    check_layer(
        lambda **kwargs: ModernBlock(filters, 2, 3, resampling, **kwargs),
        IMAGES,
        trainable=trainable,
    )
    block = ModernBlock(filters, 2, resampling=resampling, data_format="channels_last")
    block.build(IMAGES.shape)
    for weight in block.weights:
        weight.assign(RANDOM.standard_normal(weight.shape))
    assert_close(block(IMAGES), block_outputs(block, IMAGES), 1e-5)


@once("what is drawn has the same deviation everywhere")
def test_a_new_block_is_the_identity_with_kernels_scaled_for_its_network():
    block = ModernBlock(48, 4, 16, data_format="channels_last")
    images = RANDOM.standard_normal((2, 4, 4, 48)).astype("float32")
    assert_close(block(images), images, 0)
    expansion, grouped, projection = block.convolutions
    gain = np.sqrt(2 / 1.04) / 2
    for layer, fan_in in ((expansion, 48), (grouped, 9 * 24)):
        # Of thousands of numbers.
        deviation = ops.convert_to_numpy(layer.kernel).std()
        assert deviation == pytest.approx(gain / np.sqrt(fan_in), rel=0.05)
    assert not np.any(ops.convert_to_numpy(projection.kernel))


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"resampling": "left"}, "resampling=left"),
        ({"filters": 6}, "filters=6 for 4 channels"),
        ({"cardinality": 3}, "4 channels. Received: cardinality=3"),
    ],
)
def test_wrong_arguments_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        ModernBlock(**{"filters": 4, **kwargs}).build((None, 8, 8, 4))
