"""The projection on the class, and the labels that it takes."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import ClassProjection, to_one_hot
from tests.harness import check_layer
from tests.tolerance import assert_close

FEATURES = np.random.default_rng(0).standard_normal((6, 5)).astype("float32")
LABELS = np.array([0, 3, 1, -1, 2, 3], "int32")


def test_is_the_inner_product_with_the_class_embedding():
    layer = ClassProjection(4)
    labels_one_hot = to_one_hot(LABELS, 4)
    outputs = ops.convert_to_numpy(layer(FEATURES, labels_one_hot))
    table = ops.convert_to_numpy(layer.embedding.kernel)
    expected = [f @ table[label] for f, label in zip(FEATURES, LABELS, strict=True)]
    expected[3] = 0.0
    assert_close(outputs[:, 0], np.array(expected), 1e-6)
    assert outputs[3, 0] == 0.0, "no label, no projection"


def test_keras_habits():
    labels_one_hot = ops.convert_to_numpy(to_one_hot(LABELS, 4))
    check_layer(
        lambda **kwargs: ClassProjection(4, kernel_normalization="spectral", **kwargs),
        (FEATURES, labels_one_hot),
        formats=(),
        trainable=1,
    )


def test_classes_must_agree():
    with pytest.raises(ValueError, match="num_classes=4"):
        ClassProjection(4)(FEATURES, np.zeros((6, 3), "float32"))
    with pytest.raises(ValueError, match="num_classes=0"):
        ClassProjection(0)
