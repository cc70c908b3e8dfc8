"""Batch normalizations: the original's numbers, standing statistics, Keras' habits."""

import numpy as np
import pytest

from keras_s3gan.layers import BatchNormalization
from tests.harness import check_layer
from tests.layers.batch_norm_protocol import EXAMPLE, run_protocol
from tests.tolerance import assert_close

PLAIN = {
    "bn4d_default": {"momentum": 0.999, "epsilon": 1e-3},
    "bn4d_example": EXAMPLE,
    "bn2d_example": EXAMPLE,
    "standardize_only_example": {**EXAMPLE, "center": False, "scale": False},
}


@pytest.mark.parametrize("tag", PLAIN)
def test_plain_values_of_the_original(tag):
    run_protocol(tag, BatchNormalization(**PLAIN[tag]))


IMAGES = np.random.default_rng(1).standard_normal((6, 4, 4, 3)).astype("float32")


def test_keras_habits_of_plain():
    check_layer(
        lambda **kwargs: BatchNormalization(momentum=0.8, epsilon=1e-4, **kwargs),
        IMAGES,
        trainable=2,
    )


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_momentum_out_of_range_is_named(momentum):
    with pytest.raises(ValueError, match=f"momentum={momentum}"):
        BatchNormalization(momentum=momentum)


def test_a_frozen_layer_keeps_its_moments():
    layer = BatchNormalization()
    layer(IMAGES, training=True)
    layer.trainable = False
    expected = layer(IMAGES)
    assert_close(layer(IMAGES, training=True), expected, 0)
    assert_close(layer(IMAGES), expected, 0)
