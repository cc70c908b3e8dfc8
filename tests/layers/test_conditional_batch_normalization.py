"""Batch normalization whose gain and bias follow a condition."""

import numpy as np
import pytest

from keras_s3gan.layers import BatchNormalization, ConditionalBatchNormalization
from tests.harness import check_layer
from tests.layers.batch_norm_protocol import EXAMPLE, SPECTRAL, run_protocol
from tests.tolerance import assert_close

# The original multiplies by the linear map itself, without the 1.
ORIGINAL = {**EXAMPLE, "unit_gain": False}
CONDITIONAL = {
    "cbn_onehot": {},
    "cbn_dense": {},
    "cbn_dense_bias": {"use_bias": True},
    "cbn_dense_sn_left": {"kernel_normalization": SPECTRAL},
    "cbn_dense_sn_auto": {"kernel_normalization": {**SPECTRAL, "side": "auto"}},
}


@pytest.mark.parametrize("tag", CONDITIONAL)
def test_conditional_values_of_the_original(tag):
    layer = ConditionalBatchNormalization(**ORIGINAL, **CONDITIONAL[tag])
    run_protocol(tag, layer, "y_onehot" if "onehot" in tag else "y_dense", "condition")


IMAGES = np.random.default_rng(1).standard_normal((6, 4, 4, 3)).astype("float32")
CONDITION = np.random.default_rng(2).standard_normal((6, 5)).astype("float32")


def test_keras_habits_of_conditional():
    check_layer(
        lambda **kwargs: ConditionalBatchNormalization(
            unit_gain=False, use_bias=True, kernel_normalization="spectral", **kwargs
        ),
        (IMAGES, CONDITION),
        trainable=4,
    )


def test_unit_gain_is_plain_normalization_of_a_zero_condition():
    plain = BatchNormalization(center=False, scale=False)
    conditional = ConditionalBatchNormalization()
    outputs = conditional(IMAGES, np.zeros_like(CONDITION), training=True)
    assert_close(outputs, plain(IMAGES, training=True), 1e-6)


def test_a_frozen_layer_keeps_its_moments():
    layer = ConditionalBatchNormalization()
    layer(IMAGES, CONDITION, training=True)
    layer.trainable = False
    expected = layer(IMAGES, CONDITION)
    assert_close(layer(IMAGES, CONDITION, training=True), expected, 0)
    assert_close(layer(IMAGES, CONDITION), expected, 0)


def test_a_condition_of_another_rank_is_refused():
    with pytest.raises(ValueError, match="rank 2"):
        ConditionalBatchNormalization()(IMAGES, CONDITION[:, 0])
