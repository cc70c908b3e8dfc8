"""Logits that stay near zero."""

import numpy as np
from keras import ops

from keras_s3gan.penalties import Centring
from tests.tolerance import assert_close


def test_mean_squares_of_either_kind():
    real, fake = np.random.default_rng(0).normal(2.0, 1.0, (2, 8, 1))
    value = Centring()(*(ops.convert_to_tensor(x, "float32") for x in (real, fake)))
    assert_close(value, np.array(np.mean(real**2) + np.mean(fake**2)), 1e-6)
