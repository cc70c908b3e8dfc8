"""A KID per class, and their mean."""

import numpy as np
import pytest

from keras_s3gan.metrics import (
    intra_class_frechet_distance,
    intra_class_kernel_distance,
    squared_discrepancy,
)
from tests.once import once

pytestmark = once("NumPy alone")


def features(count, seed=0):
    return np.random.default_rng(seed).normal(size=(count, 8))


def test_classes():
    real, generated = features(30), features(44, seed=1)
    labels = np.arange(30) % 3, np.arange(44) % 3
    generated[labels[1] == 2] += 2
    found = intra_class_kernel_distance(real, labels[0], generated, labels[1])
    for label, value in found.per_class.items():
        sides = real[labels[0] == label], generated[labels[1] == label]
        assert value == pytest.approx(squared_discrepancy(*sides))
    assert found.mean == pytest.approx(sum(found.per_class.values()) / 3)
    assert found.per_class[2] > 1 > max(found.per_class[0], found.per_class[1])
    with pytest.raises(ValueError, match="0 real and 14 generated of class 2"):
        intra_class_kernel_distance(real, labels[0] % 2, generated, labels[1])


def test_few_images_have_no_bias():
    """Twelve real and five generated images of one distribution, in 400 classes."""
    real, generated = features(12 * 400), features(5 * 400, seed=1)
    labels = np.arange(12 * 400) % 400, np.arange(5 * 400) % 400
    sides = real, labels[0], generated, labels[1]
    values = list(intra_class_kernel_distance(*sides).per_class.values())
    assert abs(np.mean(values)) < 4 * np.std(values) / 400**0.5
    biased = list(intra_class_frechet_distance(*sides).per_class.values())
    assert np.mean(biased) > 20 * np.std(biased) / 400**0.5
