"""The rules of what is confident, against NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.labels import confidence
from tests.tolerance import assert_close

CLASSES, DECAY, LEAST = 3, 0.2, 1e-6
MASK = np.array([1, 1, 0, 1], "float32")


def batches(count=4):
    """Predictions for images without and with a label."""
    random = np.random.default_rng(3)
    plain = random.dirichlet([1.5, 1, 0.5], (count, 8))
    labelled = random.dirichlet([1, 1, 1], (count, 4))
    return zip(plain.astype("float32"), labelled.astype("float32"), strict=True)


def moved(mean, value):
    return DECAY * mean + (1 - DECAY) * value


def aligned(batch, target, predicted):
    found = batch * (target + LEAST) / (predicted + LEAST)
    return found / found.sum(axis=-1, keepdims=True)


class FreeMatch:
    def __init__(self):
        self.threshold, self.predicted = 1 / CLASSES, np.full(CLASSES, 1 / CLASSES)

    def __call__(self, plain, labelled):
        self.threshold = moved(self.threshold, plain.max(axis=1).mean())
        self.predicted = moved(self.predicted, plain.mean(axis=0))
        classes = plain.argmax(axis=1)
        shares = self.predicted[classes] / self.predicted.max()
        return classes, plain.max(axis=1) >= self.threshold * shares


class SoftMatch:
    def __init__(self):
        self.predicted = np.full(CLASSES, 1 / CLASSES)
        self.mean, self.variance = 1 / CLASSES, 1.0

    def __call__(self, plain, labelled):
        self.predicted = moved(self.predicted, plain.mean(axis=0))
        most = aligned(plain, 1 / CLASSES, self.predicted).max(axis=1)
        self.mean = moved(self.mean, most.mean())
        self.variance = moved(self.variance, most.var(ddof=1))
        below = np.minimum(most - self.mean, 0)
        weights = np.exp(-(below**2) / (2 * self.variance / 4))
        return plain.argmax(axis=1), weights


class AdaMatch:
    def __init__(self):
        self.target = self.predicted = np.full(CLASSES, 1 / CLASSES)

    def __call__(self, plain, labelled):
        labelled = labelled[MASK > 0]
        self.target = moved(self.target, labelled.mean(axis=0))
        self.predicted = moved(self.predicted, plain.mean(axis=0))
        found = aligned(plain, self.target, self.predicted)
        cutoff = 0.95 * labelled.max(axis=1).mean()
        return found.argmax(axis=1), found.max(axis=1) >= cutoff


@pytest.mark.parametrize("reference", [FreeMatch, SoftMatch, AdaMatch])
def test_a_rule_is_that_of_its_formula(reference):
    rule = confidence.CONFIDENCES[reference.__name__.lower()](CLASSES, decay=DECAY)
    expected_rule, seen = reference(), []
    for plain, labelled in batches():
        classes, weights = rule(plain, labelled, MASK, training=True)
        expected_classes, expected = expected_rule(plain, labelled)
        np.testing.assert_array_equal(ops.convert_to_numpy(classes), expected_classes)
        assert_close(weights, expected.astype("float32"), 1e-5)
        seen.append(expected)
    assert 0.1 < np.mean(seen) < 0.95

    before = [ops.convert_to_numpy(weight) for weight in rule.weights]
    rule(plain, labelled, MASK)
    for weight, value in zip(rule.weights, before, strict=True):
        assert_close(weight, value, 0)


def test_given_shares_replace_the_predictions_for_labelled_images():
    rule = confidence.AdaMatch(CLASSES, decay=0.0, shares=[0.2, 0.2, 0.6])
    again = type(rule).from_config(rule.get_config())
    (plain, labelled) = next(batches(1))
    classes, _ = again(plain, labelled, MASK, training=True)
    expected = aligned(plain, np.array([0.2, 0.2, 0.6]), plain.mean(axis=0))
    assert ops.convert_to_numpy(classes).tolist() == expected.argmax(axis=1).tolist()
    assert_close(again.alignment.shares, np.array([0.2, 0.2, 0.6]), 1e-6)
