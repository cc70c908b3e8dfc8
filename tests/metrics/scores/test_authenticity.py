"""How many samples are no copies of training images."""

import numpy as np
import pytest

from keras_s3gan.metrics import authenticity
from tests.once import once

pytestmark = once("NumPy alone")


def features(count, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, 6)) + shift


def by_definition(real, generated):
    authentic = []
    for sample in generated:
        distances = np.linalg.norm(real - sample, axis=1)
        nearest = distances.argmin()
        others = np.delete(real, nearest, axis=0) - real[nearest]
        authentic.append(distances.min() > np.linalg.norm(others, axis=1).min())
    return np.mean(authentic)


def test_equals_the_definition():
    real, generated = features(80), features(50, seed=1)
    expected = by_definition(real, generated)
    assert 0 < expected < 1
    assert authenticity(real, generated) == pytest.approx(expected, abs=1e-12)


def test_copies_are_not_authentic_and_far_images_are():
    real = features(60)
    assert authenticity(real, real[:9] + 1e-6) == 0
    assert authenticity(real, features(9, shift=50.0)) == 1
    assert authenticity(real, np.concatenate([real[:9], features(3, 1, 50.0)])) == 0.25


def test_wrong_sides():
    with pytest.raises(ValueError, match="`real` must have at least 2 rows"):
        authenticity(features(1), features(9))
    with pytest.raises(ValueError, match="Received: 5 and 6"):
        authenticity(features(9), features(9)[:, :5])
