"""The share of wrong labels, of labels whose share is known."""

import json

import numpy as np
import pytest

from keras_s3gan.labels import (
    estimate_label_noise,
    out_of_fold_probabilities,
    pseudo_labelling,
)
from tests.labels.bars import few_labels
from tests.labels.test_pseudo_labelling import LEARNING
from tests.once import once

pytestmark = once("NumPy and scikit-learn")


def features_and_labels(count=600, rate=0.2):
    """Three clear groups, and labels of which a share names the next group."""
    random = np.random.default_rng(0)
    truth = random.choice(3, count, p=[0.5, 0.3, 0.2])
    features = np.eye(3)[truth] * 8 + random.standard_normal((count, 3))
    wrong = random.random(count) < rate
    return features, np.where(wrong, (truth + 1) % 3, truth), truth


def test_the_estimate_is_the_share_that_is_wrong():
    features, labels, truth = features_and_labels()
    labels[:50] = -1
    predictions = out_of_fold_probabilities(features, labels, 3)
    assert not predictions[:50].any()
    noise = estimate_label_noise(labels, predictions)
    known = labels >= 0
    wrong = np.flatnonzero(known & (labels != truth))
    # The groups are eight standard deviations apart: no more than a few are missed.
    assert noise.rate == pytest.approx(len(wrong) / known.sum(), abs=0.01)
    joint = np.zeros((3, 3))
    np.add.at(joint, (labels[known], truth[known]), 1 / known.sum())
    np.testing.assert_allclose(noise.joint, joint, atol=0.01)
    # Images below the mean confidence of their class are no suspects.
    found = np.intersect1d(noise.suspects, wrong)
    assert len(found) > 0.95 * len(noise.suspects)
    assert len(found) > 0.7 * len(wrong)


def test_counts_are_those_of_confident_classes():
    # Means of the own class: 0.6 and 0.8. The third image is confident of the other
    # class, the fourth of none.
    labels = np.array([0, 0, 0, 1, 1])
    ones = np.array([0.1, 0.2, 0.9, 0.7, 0.9])
    noise = estimate_label_noise(labels, np.stack([1 - ones, ones], axis=1))
    np.testing.assert_allclose(noise.joint, [[0.4, 0.2], [0, 0.4]])
    assert noise.rate == pytest.approx(0.2)
    assert noise.suspects.tolist() == [2]


def test_pseudo_labelling_reports_it():
    images, masked, _ = few_labels(kept=10)
    found = pseudo_labelling.linear(
        *(images, masked, 3, 0),
        **LEARNING,
        pretraining_steps=4,
        steps=4,
        estimate_noise=True,
    ).metadata["label_noise"]
    assert found["num_images"] == 30 and 0 <= found["rate"] <= 1
    assert set(found["suspects"]) <= set(np.flatnonzero(masked >= 0).tolist())
    json.dumps(found)


def test_what_cannot_be_estimated_is_refused():
    with pytest.raises(ValueError, match="all -1"):
        estimate_label_noise([-1, -1], np.ones((2, 3)) / 3)
    with pytest.raises(ValueError, match="5 folds need as many labels"):
        out_of_fold_probabilities(np.ones((6, 2)), [0, 1, -1, -1, -1, -1], 2)
