"""Rules of confidence and priors in the training of a classifier."""

import keras
import numpy as np
import pytest

from keras_s3gan.labels import confident_classes
from tests.labels.bars import few_labels
from tests.labels.models import MODELS, augmentation, fit
from tests.once import once
from tests.tolerance import assert_close


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


@pytest.mark.parametrize("confidence", ["freematch", "softmatch", "adamatch"])
def test_every_rule_of_confidence_trains_and_is_saved(confidence, tmp_path):
    images, masked, _ = few_labels()
    model = MODELS["semi_supervised"](
        augmentation=augmentation(),
        weight_consistency_loss=1.0,
        confidence=confidence,
        confidence_decay=0.9,
        class_prior=[1, 1, 2],
        class_balance="effective",
    )
    history = fit(model, images, masked, epochs=2).history
    assert 0 < history["confident_fraction"][-1] <= 1
    state = [keras.ops.convert_to_numpy(w) for w in model.confidence_rule.weights]
    model.save(tmp_path / "classifier.keras")
    again = keras.saving.load_model(tmp_path / "classifier.keras")
    for name in ("confidence", "confidence_decay", "class_prior", "class_balance"):
        assert again.get_config()[name] == model.get_config()[name]
    for weight, value in zip(again.confidence_rule.weights, state, strict=True):
        np.testing.assert_array_equal(keras.ops.convert_to_numpy(weight), value)


@once("which shares are taken is up to NumPy")
def test_a_prior_takes_the_place_of_the_given_shares():
    images, masked, _ = few_labels()
    model = MODELS["semi_supervised"](
        augmentation=augmentation(), weight_consistency_loss=1.0, class_prior=[1, 1, 2]
    )
    fit(model, images, masked)
    given = keras.ops.convert_to_numpy(model.given_classes)
    np.testing.assert_allclose(given, [0.25, 0.25, 0.5])


@once("messages")
@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"confidence": "fixmatch"}, "confidence='fixmatch'"),
        ({"confidence_decay": 1.0}, "confidence_decay=1.0"),
        ({"class_prior": [1, 2]}, r"class_prior=\[1, 2\]"),
        ({"class_balance": 2}, "class_balance=2"),
    ],
)
def test_wrong_arguments_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        MODELS["semi_supervised"](**kwargs)


def test_the_loss_is_weighted_cross_entropy():
    probabilities = np.array([[0.7, 0.2, 0.1], [0.3, 0.3, 0.4]], "float32")
    weights = np.array([0.5, 1.0], "float32")
    found = confident_classes.consistency_values(
        keras.ops.array(np.log(probabilities)),
        keras.ops.array([1, 2]),
        keras.ops.array(weights),
    )
    assert_close(found["consistency_loss"], weights * -np.log([0.2, 0.4]), 1e-6)
    assert_close(found["confident_fraction"], weights, 0)
