"""What the models that train an encoder have in common."""

import keras
import numpy as np
import pytest

from keras_s3gan.labels import (
    LinearClassifier,
    RotationPretrainer,
    SemiSupervisedClassifier,
)
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, augmentation, encoder, fit
from tests.once import once
from tests.tolerance import assert_close


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize("name", MODELS)
def test_saved_and_loaded_it_predicts_the_same(name, tmp_path):
    images, masked, _ = few_labels()
    model = MODELS[name](augmentation=augmentation())
    fit(model, images, masked)
    expected = keras.ops.convert_to_numpy(model(images[:16]))
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert_close(keras.ops.convert_to_numpy(loaded(images[:16])), expected, 1e-5)
    assert keras.saving.get_registered_name(type(model)).startswith("keras_s3gan>")
    for saved, restored in zip(
        model.optimizer.variables, loaded.optimizer.variables, strict=True
    ):
        assert_close(*map(keras.ops.convert_to_numpy, (restored, saved)), 1e-6)


@once("test_pseudo_labelling.py repeats whole methods on each")
@pytest.mark.parametrize("name", MODELS)
def test_from_one_seed_training_repeats_itself(name):
    images, masked, _ = few_labels()
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(1)
        model = MODELS[name](augmentation=augmentation())
        fit(model, images, masked)
        runs.append(keras.ops.convert_to_numpy(model(images[:16])))
    assert_close(runs[0], runs[1], 1e-5)


@once("the mean over replicas is replaced; test_replicas.py has it on each")
def test_what_each_replica_kept_of_its_own_becomes_the_mean(monkeypatch):
    images, masked, _ = few_labels()
    network = keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            keras.layers.Flatten(),
            keras.layers.BatchNormalization(),
        ]
    )
    model = RotationPretrainer(network)
    fit(model, images, masked)
    kept = keras.ops.convert_to_numpy(network.layers[-1].moving_mean)
    # Two replicas, of which the other one has nothing but zeros.
    monkeypatch.setattr(
        "keras_s3gan.backend.replica_mean", lambda *tensors: [x / 2 for x in tensors]
    )
    model.fit(images, epochs=0, verbose=0)
    halved = keras.ops.convert_to_numpy(network.layers[-1].moving_mean)
    assert_close(halved, kept / 2, 1e-6)


def test_an_encoder_of_maps_is_averaged():
    images, masked, _ = few_labels()
    maps = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(5, 3)])
    pretrainer = RotationPretrainer(maps)
    assert pretrainer.feature_dim == 5
    assert pretrainer(images[:2]).shape == (8, 4)


def test_wrong_arguments_are_named():
    images, masked, _ = few_labels()
    with pytest.raises(ValueError, match="Received: encoder=7"):
        RotationPretrainer(7)
    with pytest.raises(ValueError, match="Received: num_classes=1"):
        SemiSupervisedClassifier(encoder(), 1)
    with pytest.raises(ValueError, match="Received: weight_rotation_loss=-1"):
        SemiSupervisedClassifier(encoder(), 3, weight_rotation_loss=-1)
    with pytest.raises(ValueError, match="Received: confidence_threshold=2"):
        SemiSupervisedClassifier(encoder(), 3, confidence_threshold=2)
    with pytest.raises(ValueError, match="augmentation=None"):
        SemiSupervisedClassifier(encoder(), 3, weight_consistency_loss=1.0)
    with pytest.raises(ValueError, match="Received: layer='nowhere'"):
        LinearClassifier(encoder(), 3, layer="nowhere")
    with pytest.raises(ValueError, match=r"labels\[5\]=7"):
        masked[5] = 7
        fit(MODELS["semi_supervised"](), images, masked)
    with pytest.raises(ValueError, match="no labelled images"):
        fit(MODELS["linear"](), images, np.full(len(images), -1))
