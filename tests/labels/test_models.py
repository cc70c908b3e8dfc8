"""What the three models of the room have in common, and what each learns."""

import keras
import numpy as np
import pytest

from keras_s3gan.labels import (
    LinearClassifier,
    RotationPretrainer,
    SemiSupervisedClassifier,
)
from keras_s3gan.layers import RandomAffine
from keras_s3gan.networks import ResNetV2Encoder
from tests.labels.bars import few_labels
from tests.once import once
from tests.tolerance import assert_close


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def encoder(**kwargs):
    return ResNetV2Encoder(
        8, 1, base_channels=8, blocks_per_stage=(1, 1), name="encoder", **kwargs
    )


def augmentation():
    return RandomAffine(translation=0.1, seed=0)


MODELS = {
    "rotation": lambda **kwargs: RotationPretrainer(encoder(), **kwargs),
    "linear": lambda **kwargs: LinearClassifier(
        encoder(), 3, layer="stage_2_block_1", **kwargs
    ),
    "semi_supervised": lambda **kwargs: SemiSupervisedClassifier(
        encoder(), 3, weight_rotation_loss=0.5, **kwargs
    ),
}


def fit(model, images, labels, epochs=1, **kwargs):
    model.compile(keras.optimizers.Adam(3e-3))
    return model.fit(images, labels, batch_size=16, epochs=epochs, verbose=0, **kwargs)


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


def test_rotations_are_learned_without_labels():
    images, masked, _ = few_labels()
    pretrainer = MODELS["rotation"]()
    history = fit(pretrainer, images, masked, epochs=8).history
    assert history["rotation_accuracy"][-1] > 0.9
    assert pretrainer(images[:4]).shape == (16, 4)
    assert pretrainer.encoder(images[:4]).shape == (4, pretrainer.feature_dim)


@once("each of the two is learned alone on each, by tests of this file")
def test_classes_and_rotations_are_learned_together():
    images, masked, truth = few_labels()
    classifier = MODELS["semi_supervised"](
        augmentation=augmentation(), weight_consistency_loss=1.0
    )
    history = fit(classifier, images, masked, epochs=12).history
    assert history["rotation_accuracy"][-1] > 0.8
    predicted = classifier.predict(images, verbose=0).argmax(axis=-1)
    assert (predicted == truth)[masked < 0].mean() > 0.9
    result = classifier.evaluate(images, truth, verbose=0, return_dict=True)
    assert result["class_accuracy"] == pytest.approx((predicted == truth).mean())


def test_a_linear_classifier_leaves_its_encoder_alone():
    images, masked, truth = few_labels()
    classifier = MODELS["linear"]()
    before = [keras.ops.convert_to_numpy(w) for w in classifier.encoder.weights]
    history = fit(classifier, images, masked, epochs=30).history
    after = [keras.ops.convert_to_numpy(w) for w in classifier.encoder.weights]
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))
    assert len(classifier.trainable_variables) == 2
    assert history["class_loss"][-1] < 0.95 * history["class_loss"][0]


@once("which images make a batch is up to NumPy")
@pytest.mark.parametrize("weight", [0.0, 1.0])
def test_a_batch_of_labelled_images_is_full_whatever_their_number(weight):
    images, _, _ = few_labels()
    seen = []

    class Spy(SemiSupervisedClassifier):
        def call(self, inputs, training=False):
            if isinstance(inputs, dict):
                seen.append((inputs["labelled"].shape[1:], set(inputs)))
            return super().call(inputs, training)

    labels = np.full(len(images), -1)
    labels[[0, 40, 80]] = [0, 1, 2]
    history = fit(Spy(encoder(), 3, weight_rotation_loss=weight), images, labels)
    assert seen[0] == ((8, 8, 1), {"labelled", "unlabelled"})
    assert ("rotation_loss" in history.history) == bool(weight)


def test_predictions_are_aligned_with_the_given_classes(tmp_path):
    images, masked, _ = few_labels()
    keep = (masked != 0) | (np.arange(len(masked)) % 2 == 0)
    images, masked = images[keep], masked[keep]
    model = MODELS["semi_supervised"](
        augmentation=augmentation(),
        weight_consistency_loss=1.0,
        confidence_threshold=0.9,
    )
    fit(model, images, masked)
    counts = np.bincount(masked[masked >= 0], minlength=3)
    given = keras.ops.convert_to_numpy(model.given_classes)
    np.testing.assert_allclose(given, counts / counts.sum(), rtol=1e-6)
    predicted = keras.ops.convert_to_numpy(model.predicted_classes)
    assert predicted.sum() == pytest.approx(1, abs=1e-5)
    assert np.abs(predicted - 1 / 3).max() > 1e-4

    # The first class is seen twice as often as it is given, the second half as often.
    model.given_classes.assign([0.2, 0.4, 0.4])
    model.predicted_classes.assign([0.4, 0.2, 0.4])
    probabilities = np.array(
        [[0.96, 0.02, 0.02], [0.99, 0.01, 0], [0, 0.4, 0.6], [0, 0.2, 0.8]], "float32"
    )
    # Aligned: 0.89 and 0.96 of the first, 0.57 of the second, 0.67 of the third.
    classes = model._confident_classes(np.log(probabilities + 1e-9), training=False)
    assert keras.ops.convert_to_numpy(classes).tolist() == [-1, 0, 1, -1]


@once("shapes of one more head; tests of this file train with it on each")
def test_all_four_rotations_can_carry_the_class():
    images, masked, _ = few_labels()
    model = SemiSupervisedClassifier(encoder(), 3, classify_rotated=True)
    batch = {"labelled": images[:4], "unlabelled": images[:8]}
    logits = model(batch, training=True)
    assert logits["class"].shape == (16, 3)
    assert logits["rotation"].shape == (32, 4)
    assert np.isfinite(fit(model, images, masked).history["class_loss"][-1])


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
