"""The head of InfoGAN's code: two linear layers."""

import numpy as np
from keras import ops

from keras_s3gan.layers import QHead
from tests.harness import check_layer
from tests.tolerance import assert_close

FEATURES = np.random.default_rng(0).standard_normal((6, 5)).astype("float32")


def test_is_a_classifier_with_one_hidden_layer():
    head = QHead(3, hidden_units=4)
    outputs = head(FEATURES)
    first, bias, last, last_bias = [ops.convert_to_numpy(w) for w in head.weights]
    hidden = FEATURES @ first + bias
    expected = np.maximum(hidden, 0.2 * hidden) @ last + last_bias
    assert_close(outputs, expected, 1e-5)


def test_keeps_the_promises_of_a_layer():
    check_layer(
        lambda **kwargs: QHead(
            3,
            hidden_units=7,
            kernel_normalization="spectral",
            kernel_initializer="glorot_normal",
            **kwargs,
        ),
        FEATURES,
        trainable=4,
        formats=(),
    )
