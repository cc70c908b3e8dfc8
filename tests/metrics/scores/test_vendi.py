"""The effective number of images, of which closed forms are known."""

import numpy as np
import pytest

from keras_s3gan.metrics import intra_class_vendi_score, vendi_score
from keras_s3gan.metrics.scores import vendi as module
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")


@pytest.mark.parametrize("shares", [[10], [5, 5], [7, 2, 1]])
def test_kinds_that_have_nothing_in_common(shares):
    """Whatever their lengths: the exponential of the entropy of their shares."""
    lengths = np.random.default_rng(0).uniform(1, 9, (10, 1))
    features = np.repeat(np.eye(4)[: len(shares)], shares, axis=0) * lengths
    probabilities = np.array(shares) / 10
    entropy = -(probabilities * np.log(probabilities)).sum()
    assert_close(vendi_score(features), np.exp(entropy), 1e-12)


# Fewer images than features, and more, in two blocks.
@pytest.mark.parametrize("count", [6, 30])
def test_equals_the_eigenvalues_of_the_similarities(count, monkeypatch):
    monkeypatch.setattr(module, "_ROWS", 20)
    features = np.random.default_rng(0).normal(size=(count, 8)) + 0.3
    similarities = np.array(
        [[a @ b / np.sqrt((a @ a) * (b @ b)) for b in features] for a in features]
    )
    values = np.linalg.svd(similarities / count)[1]
    values = values[values > 1e-12]
    expected = np.exp(-(values * np.log(values)).sum())
    assert_close(vendi_score(features), expected, 1e-10)
    assert_close(vendi_score(features.astype("f4")), expected, 1e-5, "float32")


def test_features_of_zeros_are_a_kind():
    features = np.zeros((4, 3))
    assert vendi_score(features) == pytest.approx(1)
    features[:2, 0] = 1
    assert vendi_score(features) == pytest.approx(2)


def test_classes():
    features = np.repeat(np.eye(4), 2, axis=0)
    labels = np.array([0, 0, 0, 0, 2, 2, 2, 2])
    found = intra_class_vendi_score(features, labels)
    assert found.per_class == pytest.approx({0: 2, 2: 2})
    assert found.mean == pytest.approx(2) and vendi_score(features) == pytest.approx(4)
    with pytest.raises(ValueError, match=r"`labels` must be integers of shape \[8\]"):
        intra_class_vendi_score(features, labels[:5])
