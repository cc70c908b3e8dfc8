"""A FID per class, and their mean."""

import numpy as np
import pytest

from keras_s3gan.metrics import frechet_distance, intra_class_frechet_distance


def features(count, dimension=8, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, dimension)) + shift


def test_classes():
    labels = np.arange(60) % 3
    real, generated = features(60), features(60, seed=1)
    generated[labels == 2] += 5
    found = intra_class_frechet_distance(real, labels, generated, labels)
    for label, value in found.per_class.items():
        expected = frechet_distance(real[labels == label], generated[labels == label])
        assert value == pytest.approx(expected)
    assert found.mean == pytest.approx(sum(found.per_class.values()) / 3)
    assert found.per_class[2] > 100 > max(found.per_class[0], found.per_class[1])


def test_wrong_classes():
    x, labels = features(6), np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match="3 real and 1 generated of class 1"):
        intra_class_frechet_distance(x, labels, x, np.array([0, 0, 0, 0, 0, 1]))
    with pytest.raises(ValueError, match="0 real and 3 generated of class 2"):
        intra_class_frechet_distance(x[:3], labels[:3], x, 2 * labels)
    with pytest.raises(ValueError, match="`real_labels` must be at least 0.*-1"):
        intra_class_frechet_distance(x, labels - 1, x, labels)
    with pytest.raises(ValueError, match=r"integers of shape \[6\]"):
        intra_class_frechet_distance(x, labels, x, labels[:5])
