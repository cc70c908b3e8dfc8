"""Sets of classes, against probabilities that are summed."""

import numpy as np
from keras import ops

from keras_s3gan import losses
from tests.tolerance import assert_close

LOGITS = np.random.default_rng(0).standard_normal((4, 3)).astype("float32")
PROBABILITIES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
# A class, two of them, all of them, no label.
SETS = np.array([[0, 1, 0], [0.5, 0, 0.5], [1 / 3, 1 / 3, 1 / 3], [0, 0, 0]], "float32")


def test_the_loss_is_that_of_the_probability_of_the_set():
    found = losses.partial_cross_entropy(LOGITS, SETS)
    expected = -np.log((PROBABILITIES * (SETS > 0)).sum(axis=1)[:3])
    assert_close(found[:3], expected, 1e-5)
    assert np.isfinite(ops.convert_to_numpy(found)).all()


def test_a_set_keeps_the_odds_of_its_classes():
    found = losses.within_sets(ops.convert_to_tensor(PROBABILITIES), SETS)
    expected = PROBABILITIES * (SETS > 0)
    expected[3] = PROBABILITIES[3]
    assert_close(found, expected / expected.sum(axis=1, keepdims=True), 1e-6)
    sure = losses.within_sets(
        ops.convert_to_tensor(np.eye(3, dtype="float32")), SETS[:1]
    )
    assert_close(sure[0], np.array([0, 1, 0]), 0)


def test_a_class_is_in_its_set():
    found = losses.in_set(np.array([1, 1, 2, 0], "int32"), SETS)
    assert ops.convert_to_numpy(found).tolist() == [True, False, True, False]
