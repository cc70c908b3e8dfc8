"""An encoder that learns which way up an image is."""

import keras
import pytest

from tests.labels.bars import few_labels
from tests.labels.models import MODELS, fit


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def test_rotations_are_learned_without_labels():
    images, masked, _ = few_labels()
    pretrainer = MODELS["rotation"]()
    history = fit(pretrainer, images, masked, epochs=8).history
    assert history["rotation_accuracy"][-1] > 0.9
    assert pretrainer(images[:4]).shape == (16, 4)
    assert pretrainer.encoder(images[:4]).shape == (4, pretrainer.feature_dim)
