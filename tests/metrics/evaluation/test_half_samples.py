"""Standard errors from random halves, where they are known."""

import numpy as np
import pytest

from keras_s3gan.metrics.evaluation.half_samples import (
    check_bootstrap,
    deviations_of_halves,
    interval_fields,
    random_half,
)
from keras_s3gan.metrics.evaluation.outputs import CollectedOutputs
from keras_s3gan.metrics.evaluation.types import ScoreInputs, ScoreResult
from tests.metrics.fake_gan import FakeGAN
from tests.once import once

pytestmark = once("NumPy alone")

RANDOM = np.random.default_rng(0)
VALUES, LABELS = RANDOM.normal(size=(100, 1)), np.arange(100) % 4


def inputs():
    generated = CollectedOutputs(100, LABELS, features=VALUES + 9 * LABELS[:, None])
    return ScoreInputs(None, generated, FakeGAN(4), seed=0, count=100, classes=4)


def mean(given):
    return ScoreResult(float(given.generated.features.mean()))


def test_half_of_each_class():
    labels = np.array([0] * 6 + [3] * 5)
    random = np.random.default_rng(0)
    halves = [random_half(labels, random) for _ in range(200)]
    for half in halves:
        assert np.all(np.diff(half) > 0)
        counts = np.bincount(labels[half], minlength=4)
        assert counts[0] == 3 and counts[3] == 2
    shares = np.bincount(np.concatenate(halves), minlength=11) / 200
    # A share of 200 draws errs by 0.035.
    assert np.abs(shares - np.repeat([3 / 6, 2 / 5], [6, 5])).max() < 4 * 0.035


def test_the_error_of_a_mean_over_balanced_classes():
    """The classes' own means do not count, as they would in a draw from all images."""
    deviations = deviations_of_halves({"mean": (mean, inputs())}, 3000, seed=0)["mean"]
    within = [np.var(VALUES[label == LABELS], ddof=1) for label in range(4)]
    expected = np.sqrt(np.mean(within) / 100)
    value = mean(inputs()).value
    found = interval_fields(value, deviations)
    # The deviation of 3,000 values errs by 1.3 %, a quantile's by 2.5 %.
    assert found["standard_error"] == pytest.approx(expected, rel=5 * 0.013)
    low, high = found["interval"]
    assert value - low == pytest.approx(1.96 * expected, rel=5 * 0.025)
    assert high - value == pytest.approx(1.96 * expected, rel=5 * 0.025)
    assert found["bootstrap"] == 3000


def test_a_bias_of_all_halves_does_not_move_the_interval():
    def moved(given):
        return ScoreResult(mean(given).value + (given.count < 100))

    scores = {"mean": (mean, inputs()), "moved": (moved, inputs())}
    found = deviations_of_halves(scores, 50, 0)
    np.testing.assert_allclose(found["mean"], found["moved"], atol=1e-12)


def test_a_long_tail_of_the_halves_is_on_the_other_side():
    """The score is as far from the mean of many as the halves from the score."""
    found = interval_fields(5.0, np.append(np.zeros(90), np.arange(10)))
    assert found["interval"][1] == 5
    assert found["interval"][0] < 0
    assert interval_fields(5.0, None) == {}


def test_scores_of_the_same_inputs_share_the_halves():
    given, seen = inputs(), []

    def noted(taken):
        seen.append(taken)
        return mean(taken)

    shown = []
    scores = {"a": (noted, given), "b": (noted, given), "c": (noted, inputs())}
    found = deviations_of_halves(scores, 2, 0, lambda *what: shown.append(what))
    assert [len({id(taken) for taken in seen[i : i + 3]}) for i in (0, 3)] == [2, 2]
    np.testing.assert_array_equal(found["a"], found["b"])
    np.testing.assert_array_equal(found["a"], found["c"])
    assert found["a"][0] == pytest.approx(-found["a"][1]) != 0
    assert shown == [("random halves", 1, 2), ("random halves", 2, 2)]
    assert deviations_of_halves(scores, 0, 0) == {}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((-1, 1), "bootstrap=-1"),
        ((39, 1), "at least 40. Received: bootstrap=39"),
        ((40, 2), "one measurement.*bootstrap=40, repeats=2"),
    ],
)
def test_wrong_numbers(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_bootstrap(*arguments)
