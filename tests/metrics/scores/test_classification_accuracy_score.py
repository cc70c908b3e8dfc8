"""A classifier trained on generated images, tried on real ones."""

import numpy as np
import pytest

from keras_s3gan.metrics import classification_accuracy_score
from tests.metrics.stripes import stripes

LABELS = np.arange(120) % 2
REAL = np.arange(60) % 2


def score(images, labels=LABELS, real_labels=REAL, epochs=4):
    real = stripes(np.maximum(real_labels, 0), seed=5)
    return classification_accuracy_score(
        images, labels, real, real_labels, 2, epochs, batch_size=16
    )


def test_images_of_the_right_classes_teach_them():
    found = score(stripes(LABELS))
    assert found["value"] == 1.0 and found["per_class"] == [1.0, 1.0]
    assert (found["n_generated"], found["n_real"]) == (120, 60)


def test_images_of_the_wrong_classes_teach_those():
    assert score(stripes(1 - LABELS))["value"] == 0.0


def test_images_without_labels_do_not_count():
    found = score(stripes(LABELS), real_labels=np.where(REAL == 1, -1, REAL))
    assert found["n_real"] == 30 and found["per_class"][1] is None


def test_what_does_not_fit_is_named():
    images = stripes(LABELS)
    with pytest.raises(ValueError, match=r"generated images. Labels must be \[120\]"):
        score(images, LABELS[:5])
    with pytest.raises(ValueError, match=r"from 0 to 1. Received: labels\[1\]=2"):
        score(images, LABELS + 1)
    with pytest.raises(ValueError, match="real images must have labels"):
        score(images, real_labels=np.full(60, -1))
    with pytest.raises(ValueError, match=r"not soft. Received: labels\[0\]"):
        score(images, np.full((120, 2), 0.5))
    with pytest.raises(ValueError, match="Received: epochs=0"):
        score(images, LABELS, epochs=0)
