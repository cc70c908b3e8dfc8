"""Classes from few labels, rotations and consistency."""

import keras
import numpy as np
import pytest

from keras_s3gan.labels import SemiSupervisedClassifier
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, augmentation, encoder, fit
from tests.once import once


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


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
