"""A linear layer on an encoder that stays as it is."""

import keras
import numpy as np
import pytest

from tests.labels.bars import few_labels
from tests.labels.models import MODELS, fit


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def test_a_linear_classifier_leaves_its_encoder_alone():
    images, masked, truth = few_labels()
    classifier = MODELS["linear"]()
    before = [keras.ops.convert_to_numpy(w) for w in classifier.encoder.weights]
    history = fit(classifier, images, masked, epochs=30).history
    after = [keras.ops.convert_to_numpy(w) for w in classifier.encoder.weights]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert len(classifier.trainable_variables) == 2
    assert history["class_loss"][-1] < 0.95 * history["class_loss"][0]
