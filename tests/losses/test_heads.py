"""Losses of the heads, which leave images without a label out."""

import numpy as np
from keras import ops

from keras_s3gan import losses
from tests.tolerance import assert_close


def test_labelled_cross_entropy_ignores_unlabelled_images():
    logits = ops.convert_to_tensor([[5.0, 0.0], [0.0, 5.0], [3.0, 1.0]])
    labels_one_hot = ops.convert_to_tensor([[1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    label_mask = ops.convert_to_tensor([1.0, 0.0, 1.0])
    expected = losses.labelled_cross_entropy(
        logits[::2], labels_one_hot[::2], ops.convert_to_tensor([1.0, 1.0])
    )
    assert_close(
        losses.labelled_cross_entropy(logits, labels_one_hot, label_mask), expected
    )
    nothing = losses.labelled_cross_entropy(logits, labels_one_hot, ops.zeros((3,)))
    assert float(nothing) == 0.0


def test_normalized_entropy():
    probabilities = np.array([[0.5, 0.5, 0.0], [1 / 3, 1 / 3, 1 / 3], [1.0, 0.0, 0.0]])
    logits = np.log(probabilities + 1e-12).astype("float32")
    expected = np.mean([np.log(2) / np.log(3), 1.0, 0.0])
    assert_close(losses.normalized_entropy(logits), np.array(expected), 1e-5)
