import sys

import numpy as np
import pytest

from keras_s3gan.metrics import (
    precision_recall_distribution,
    precision_recall_f_scores,
    precision_recall_of_histograms,
)
from tests.once import once
from tests.tolerance import assert_close


def test_subset_of_the_modes():
    # All of the generated ones are real; half of the real ones are generated.
    found = precision_recall_of_histograms([1, 1], [7, 0])
    assert found.precision.max() == pytest.approx(1)
    assert found.recall.max() == pytest.approx(0.5)
    slopes = np.tan(np.linspace(1e-10, np.pi / 2 - 1e-10, 1001))
    precision, recall = np.minimum(slopes / 2, 1), np.minimum(0.5, 1 / slopes)
    assert_close(found.precision, precision, 1e-6, "precision", elementwise=True)
    assert_close(found.recall, recall, 1e-6, "recall", elementwise=True)


def test_closed_form_of_the_scores():
    # With p = min(1, t / 2) and r = p / t the best corner is p = 1, r = 1 / 2.
    found = precision_recall_of_histograms([0.5, 0.5], [1, 0], angles=100_001)
    for beta, value in ((8, found.f_8), (1 / 8, found.f_1_8)):
        expected = (1 + beta**2) * 0.5 / (beta**2 + 0.5)
        assert_close(value, expected, 1e-4)


def test_f_scores_of_a_curve():
    curve = precision_recall_of_histograms([0.1, 0.6, 0.3, 0.0], [0.3, 0.2, 0.2, 0.3])
    pair = precision_recall_f_scores(curve.precision, curve.recall)
    assert pair == (curve.f_8, curve.f_1_8)
    # Of 0.5 and 0.4 the best of both, and an F of 0 beside it.
    assert precision_recall_f_scores([0.5, 0.0], [0.4, 1.0], beta=2) == (
        pytest.approx(5 * 0.2 / (4 * 0.5 + 0.4)),
        pytest.approx(5 * 0.2 / (4 * 0.4 + 0.5)),
    )
    assert precision_recall_f_scores([0.0], [0.0]) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.5], [0.5, 0.5]), r"\(1,\) and \(2,\)"),
        (([], []), "one shape"),
        (([1.5], [0.5]), r"`precision` must be in \[0, 1\]"),
        (([0.5], [np.nan]), r"`recall` must be in \[0, 1\]"),
        (([0.5], [0.5], 0), "Received: beta=0"),
    ],
)
def test_what_is_no_curve_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        precision_recall_f_scores(*arguments)


def test_swapping_swaps_precision_and_recall():
    one, other = np.array([0.1, 0.6, 0.3, 0.0]), np.array([0.3, 0.2, 0.2, 0.3])
    found = precision_recall_of_histograms(one, other)
    swapped = precision_recall_of_histograms(other, one)
    # tan is so steep at its end that the angle there keeps half of the digits.
    np.testing.assert_allclose(found.precision, swapped.recall[::-1], rtol=1e-5)
    assert found.f_8 == pytest.approx(swapped.f_1_8, rel=1e-6)
    assert found.precision[500] == pytest.approx(np.minimum(one, other).sum())


def test_equal_and_disjoint():
    equal = precision_recall_of_histograms([3, 1, 2], [6, 2, 4])
    assert (equal.f_8, equal.f_1_8) == (pytest.approx(1), pytest.approx(1))
    disjoint = precision_recall_of_histograms([1, 0], [0, 1])
    assert (disjoint.f_8, disjoint.f_1_8) == (0, 0)


@once("NumPy and scikit-learn alone")
def test_features_of_dropped_and_invented_modes():
    random = np.random.default_rng(0)
    modes = 50 * random.normal(size=(6, 8))

    def features(chosen, seed):
        noise = np.random.default_rng(seed).normal(size=(240, 8))
        return modes[np.arange(240) % len(chosen) + min(chosen)] + noise

    real = features([0, 1, 2, 3], 1)
    dropped = precision_recall_distribution(real, features([0, 1], 2), 6, runs=3)
    assert dropped.f_1_8 > 0.95 > 0.6 > dropped.f_8
    invented = precision_recall_distribution(features([0, 1], 2), real, 6, runs=3)
    assert invented.f_8 > 0.95 > 0.6 > invented.f_1_8
    other = precision_recall_distribution(real, features([4, 5], 3), 6, runs=3)
    assert max(other.f_8, other.f_1_8) < 0.01


def test_wrong_arguments(monkeypatch):
    for histogram in ([0, 0], [-1, 2], [np.nan, 1], [[1, 2]]):
        with pytest.raises(ValueError, match="`real` must be a histogram"):
            precision_recall_of_histograms(histogram, [1, 1])
    with pytest.raises(ValueError, match="Received: 2 and 3"):
        precision_recall_of_histograms([1, 1], [1, 1, 1])
    with pytest.raises(ValueError, match="at most .*6. Received: clusters=7"):
        precision_recall_distribution(np.ones((3, 2)), np.ones((3, 2)), clusters=7)
    monkeypatch.setitem(sys.modules, "sklearn.cluster", None)
    with pytest.raises(ImportError, match="pip install scikit-learn"):
        precision_recall_distribution(np.ones((3, 2)), np.ones((3, 2)), clusters=2)
