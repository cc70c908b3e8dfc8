"""Batch normalizations: the original's numbers, standing statistics, Keras' habits."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import (
    BatchNormalization,
    ConditionalBatchNormalization,
    accumulate_standing_statistics,
)
from tests import golden
from tests.compare_gan import arrays_under
from tests.harness import check_layer
from tests.layers.batch_norm_protocol import EXAMPLE, SPECTRAL, run_protocol
from tests.tolerance import assert_close

PLAIN = {
    "bn4d_default": {"momentum": 0.999, "epsilon": 1e-3},
    "bn4d_example": EXAMPLE,
    "bn2d_example": EXAMPLE,
    "standardize_only_example": {**EXAMPLE, "center": False, "scale": False},
}
# The original multiplies by the linear map itself, without the 1.
ORIGINAL = {**EXAMPLE, "unit_gain": False}
CONDITIONAL = {
    "cbn_onehot": {},
    "cbn_dense": {},
    "cbn_dense_bias": {"use_bias": True},
    "cbn_dense_sn_left": {"kernel_normalization": SPECTRAL},
    "cbn_dense_sn_auto": {"kernel_normalization": {**SPECTRAL, "side": "auto"}},
}


@pytest.mark.parametrize("tag", PLAIN)
def test_plain_values_of_the_original(tag):
    run_protocol(tag, BatchNormalization(**PLAIN[tag]))


@pytest.mark.parametrize("tag", CONDITIONAL)
def test_conditional_values_of_the_original(tag):
    layer = ConditionalBatchNormalization(**ORIGINAL, **CONDITIONAL[tag])
    run_protocol(tag, layer, "y_onehot" if "onehot" in tag else "y_dense", "condition")


def test_accumulated_moments_of_the_original():
    arrays = golden.load("item3c_accumulated_moments.npz")
    layer = BatchNormalization(**EXAMPLE)
    layer.build((None, 3, 3, 5))
    layer.gamma.assign(arrays["var/t/bn/gamma"])
    layer.beta.assign(arrays["var/t/bn/beta"])

    def check_moments(after):
        moments = arrays_under(arrays, f"after_{after}/t/bn/accu/accu_")
        assert_close(layer.standing_mean, moments["mean"], name="mean")
        assert_close(layer.standing_variance, moments["variance"], name="variance")
        # Theirs starts at 1e-12, ours at 0.
        assert_close(layer.standing_count, moments["counter"], name="count")

    outputs = layer(arrays["x_1"], training=True)
    assert_close(outputs, arrays["y_train_1"], name="output of training")
    assert float(layer.standing_count.value) == 0.0
    layer.accumulates = True
    for run in (1, 2, 3):
        outputs = layer(arrays[f"x_{run}"], training=False)
        assert_close(outputs, arrays[f"y_accumulate_{run}"], name=f"output {run}")
        check_moments(f"accumulate_{run}")
    layer.accumulates = False
    outputs = layer(arrays["x_4"], training=False)
    assert_close(outputs, arrays["y_eval_4"], name="output at inference")
    check_moments("eval_4")


def test_training_forgets_standing_statistics():
    layer = BatchNormalization()
    model = keras.Sequential([keras.Input((4,)), layer])
    random = np.random.default_rng(0)
    batches = [3.0 + random.standard_normal((8, 4)).astype("float32") for _ in "abc"]
    accumulate_standing_statistics(model, batches)
    means = np.mean([batch.mean(axis=0) for batch in batches], axis=0)
    assert_close(layer.standing_mean.value / layer.standing_count.value, means)
    inferred = ops.convert_to_numpy(layer(means[None], training=False))
    assert np.abs(inferred).max() < 1e-4, "standing mean must map to zero"

    layer(batches[0], training=True)
    moved = ops.convert_to_numpy(layer(means[None], training=False))
    assert np.abs(moved).min() > 1.0, "moving moments have hardly moved from 0 and 1"
    accumulate_standing_statistics(model, batches[:1])
    assert_close(layer.standing_mean, batches[0].mean(axis=0))


def test_standing_statistics_need_batches_and_a_layer():
    model = keras.Sequential([keras.Input((4,)), BatchNormalization()])
    with pytest.raises(ValueError, match="at least one batch"):
        accumulate_standing_statistics(model, [])
    with pytest.raises(ValueError, match="no batch normalization"):
        accumulate_standing_statistics(
            keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), []
        )


IMAGES = np.random.default_rng(1).standard_normal((6, 4, 4, 3)).astype("float32")
CONDITION = np.random.default_rng(2).standard_normal((6, 5)).astype("float32")


def test_keras_habits_of_plain():
    check_layer(
        lambda **kwargs: BatchNormalization(momentum=0.8, epsilon=1e-4, **kwargs),
        IMAGES,
        trainable=2,
    )


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


def test_a_condition_of_another_rank_is_refused():
    with pytest.raises(ValueError, match="rank 2"):
        ConditionalBatchNormalization()(IMAGES, CONDITION[:, 0])


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_momentum_out_of_range_is_named(momentum):
    with pytest.raises(ValueError, match=f"momentum={momentum}"):
        BatchNormalization(momentum=momentum)
