"""Shares and weights of classes, against sums written out."""

import numpy as np
import pytest

from keras_s3gan import class_balance
from tests.once import once

pytestmark = once("NumPy alone")

COUNTS = np.array([85.0, 0.0, 2261.0])


def test_an_image_adds_beta_times_what_the_one_before_it_did():
    found = class_balance.effective_numbers([0, 1, 3], 0.9)
    np.testing.assert_allclose(found, [0, 1, 1 + 0.9 + 0.81], rtol=1e-12)


def test_effective_numbers_lie_between_equal_and_natural_shares():
    natural, near, far, uniform = (
        class_balance.class_probabilities(balance, COUNTS)
        for balance in ("natural", 1 - 1e-9, 1e-9, "uniform")
    )
    np.testing.assert_allclose(natural, COUNTS / COUNTS.sum())
    np.testing.assert_allclose(near, natural, rtol=1e-5)
    np.testing.assert_allclose(far, uniform, rtol=1e-5)
    assert uniform.tolist() == [0.5, 0.0, 0.5]
    effective = class_balance.class_probabilities("effective", COUNTS)
    expected = [sum(0.999**i for i in range(int(n))) for n in COUNTS]
    np.testing.assert_allclose(effective, expected / np.sum(expected))


def test_the_mean_weight_of_the_images_is_one():
    weights = class_balance.class_weights(0.99, COUNTS)
    assert np.dot(weights, COUNTS) / COUNTS.sum() == pytest.approx(1)
    expected = (1 - 0.99**2261) / (1 - 0.99**85)
    assert weights[0] / weights[2] == pytest.approx(expected)
    assert np.isfinite(weights).all()


def test_hard_and_soft_labels_are_counted():
    labels = np.array([2, -1, 0, 2])
    assert class_balance.count_classes(labels, 3).tolist() == [1, 0, 2]
    soft = np.array([[0.25, 0.75], [0, 0], [1, 0]])
    assert class_balance.count_classes(soft, 2).tolist() == [1.25, 0.75]


@pytest.mark.parametrize("value", ["even", 0, 1, 1.5, None, True, ["natural"]])
def test_what_is_no_balance_is_named(value):
    with pytest.raises(ValueError, match="`x` must be one of.*Received: x="):
        class_balance.check_balance("x", value)


@pytest.mark.parametrize("value", [[1, 2], [0, 0, 0], [1, -1, 1], "labelled"])
def test_what_are_no_shares_is_named(value):
    with pytest.raises(ValueError, match="`x` must be 3 numbers.*Received: x="):
        class_balance.check_shares("x", value, 3)
