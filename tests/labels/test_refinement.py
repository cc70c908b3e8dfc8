"""Labels that predictions change, against NumPy."""

import numpy as np
import pytest

from keras_s3gan.labels import InferredLabels, refine_labels
from tests.once import once

pytestmark = once("NumPy alone")

#        given, given, sure, unsure, unsure and right, none, none
LABELS = [0, 1, 0, 0, 1, -1, -1]
CONFIDENCE = [1, 1, 0.99, 0.6, 0.6, np.nan, np.nan]
ONES = np.array([0.1, 0.1, 0.7, 0.95, 0.95, 0.05, 0.5])
PREDICTED = np.stack([1 - ONES, ONES], axis=1)


def refined(confidence=0.65, predicted=PREDICTED, labels=LABELS):
    before = InferredLabels(labels, [0, 1], 2, CONFIDENCE, {"seconds": 3})
    return refine_labels(before, predicted, confidence)


def test_only_what_is_confident_of_another_class_changes():
    found = refined()
    assert found.labels.tolist() == [0, 1, 0, 1, 1, 0, -1]
    assert found.confidence[:2].tolist() == [1, 1]
    assert np.isnan(found.confidence[6])
    assert found.metadata == {"seconds": 3} and found.given_ids.tolist() == [0, 1]
    # Nothing is as sure as this.
    assert refined(1.0).labels.tolist() == LABELS


def test_the_probability_is_the_root_of_both_with_the_shares_of_given_labels():
    found = refined(0.5)
    ones = np.array([0.01, 0.4, 0.6, 0.5, 0.5])
    odds = np.sqrt(ones * ONES[2:] / ((1 - ones) * (1 - ONES[2:])))
    # One factor, such that half of the images are of each class.
    low, high = 1e-6, 1e6
    for _ in range(200):
        factor = np.sqrt(low * high)
        share = np.mean(factor * odds / (1 + factor * odds))
        low, high = (factor, high) if share < 0.5 else (low, factor)
    ones = factor * odds / (1 + factor * odds)
    expected = np.maximum(ones, 1 - ones)
    np.testing.assert_allclose(found.confidence[2:], expected, atol=1e-5)


def test_soft_labels_are_beliefs_too():
    soft = np.array([[1, 0], [0, 1], [1, 0], [0.4, 0.6], [0.4, 0.6], [0, 0], [0, 0]])
    assert refined(labels=soft).labels.tolist() == [0, 1, 0, 1, 1, 0, -1]


def test_predictions_of_other_classes_are_refused():
    with pytest.raises(ValueError, match=r"shape \(7, 2\).*shape=\(7, 3\)"):
        refined(predicted=np.ones((7, 3)))
