"""MIND by its definition and in one dimension."""

import numpy as np
import pytest

from keras_s3gan.metrics import monge_inception_distance
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")


def features(count, dimension=5, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, dimension)) + shift


@pytest.mark.parametrize("projections", [1, 150])
def test_equals_the_definition(projections):
    x, y = features(40), features(40, seed=1, shift=0.4)
    total = 0.0
    for direction in np.random.default_rng(3).standard_normal((projections, 5)):
        unit = direction / np.sqrt((direction**2).sum())
        pairs = zip(sorted(x @ unit), sorted(y @ unit), strict=True)
        total += np.mean([(a - b) ** 2 for a, b in pairs])
    expected = 3 * 5 * total / projections
    found = monge_inception_distance(x, y, projections, seed=3)
    assert_close(found, expected, 1e-12)
    single = monge_inception_distance(x.astype("f4"), y.astype("f4"), projections, 3)
    assert_close(single, expected, 1e-5, "float32")


def test_one_dimension_has_two_directions():
    """Three times the squared Wasserstein distance, whatever the sign."""
    x, y = features(30, 1), features(30, 1, seed=1, shift=2)
    expected = 3 * np.mean((np.sort(x, axis=0) - np.sort(y, axis=0)) ** 2)
    assert_close(monge_inception_distance(x, y, 20), expected, 1e-12)


def test_a_shift_counts_three_times_its_square():
    x = features(50)
    found = monge_inception_distance(x, x[::-1] + 2, projections=5000)
    # `D (u . shift)^2` has a variance below 2 |shift|^4: the error is one of 50.
    assert found == pytest.approx(3 * 5 * 2**2, rel=5 / 50)
    assert monge_inception_distance(x, x[::-1]) == pytest.approx(0, abs=1e-12)


def test_of_the_larger_side_as_many_are_drawn():
    x, y = features(30), features(80, seed=1)
    found = monge_inception_distance(x, y, 50)
    assert found == monge_inception_distance(x, y, 50)
    assert found != monge_inception_distance(x, y, 50, seed=1)
    zeros, ones = np.zeros((7, 1)), np.ones((20, 1))
    assert monge_inception_distance(ones, zeros) == pytest.approx(3)
    assert monge_inception_distance(zeros, ones) == pytest.approx(3)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="Received: 5 and 4"):
        monge_inception_distance(features(9), features(9, 4))
    with pytest.raises(ValueError, match="Received: projections=0"):
        monge_inception_distance(features(9), features(9), projections=0)
