"""How many samples are near copies of training images."""

import numpy as np
import pytest

from keras_s3gan.metrics import memorization
from tests.once import once

pytestmark = once("arrays of NumPy alone")


def features(count, dimension=6, seed=0):
    return np.random.default_rng(seed).normal(size=(count, dimension))


def test_copies_are_found():
    real = features(1000)
    copies = real[[3, 500, 7]] + 1e-9
    found = memorization(real, np.concatenate([copies, features(9, seed=1) + 9]))
    assert found.duplicate_rate == 0.25
    np.testing.assert_array_equal(found.indices[:3], [3, 500, 7])
    assert np.all(found.distances[:3] < found.threshold)
    exact = memorization(np.repeat(real, 2, axis=0), real[:5])
    assert (exact.threshold, exact.duplicate_rate) == (0, 1)


def test_new_images_are_duplicates_as_often_as_the_quantile():
    found = memorization(features(3000), features(3000, seed=1), 0.1)
    assert found.duplicate_rate == pytest.approx(0.1, abs=0.02)
