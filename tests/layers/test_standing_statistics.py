"""Batch moments, averaged over many generated batches."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import BatchNormalization, accumulate_standing_statistics
from tests import golden
from tests.compare_gan import arrays_under
from tests.layers.batch_norm_protocol import EXAMPLE
from tests.tolerance import assert_close


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
