"""Labels that are sets of classes: the predictor chooses within them."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import Batch
from keras_s3gan.models.label_predictor import LabelPredictor
from tests.models.small import compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close

SETS = np.array([[0, 1, 0], [0.5, 0, 0.5], [0.5, 0.5, 0], [0, 0, 0]], "float32")


@pytest.mark.parametrize("predictor", ["hard", "soft"])
def test_the_predictor_learns_and_chooses_within_the_set(predictor):
    gan = make_gan(partial_labels=True, predictor=predictor)
    assert isinstance(gan, LabelPredictor)
    images, _ = data(4)
    features = gan.discriminator(images)[1]
    logits = ops.convert_to_numpy(gan.class_predictor(features)).astype("float64")
    probabilities = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    allowed = np.where(SETS.any(axis=1, keepdims=True), SETS > 0, True)
    kept = probabilities * allowed
    expected = kept / kept.sum(axis=1, keepdims=True)
    if predictor == "hard":
        expected = np.eye(3)[expected.argmax(axis=1)]
    real = Batch(ops.convert_to_tensor(images), ops.convert_to_tensor(SETS))
    found, loss, values = gan._impute_labels(real, features)
    assert_close(found, expected, 1e-5)
    assert_close(loss, -np.log(kept[:3].sum(axis=1)).mean(), 1e-5)
    right = (SETS > 0)[np.arange(3), probabilities[:3].argmax(axis=1)]
    assert_close(values["class_accuracy"][0], right.mean(), 1e-6)


@once("which labels are paired is up to Python")
def test_an_image_is_generated_for_one_class():
    gan = compiled_gan(partial_labels=True, loss="relativistic_paired")
    drawn = np.eye(3, dtype="float32")[[2, 2, 2, 2]]
    found = gan._paired_labels(
        ops.convert_to_tensor(SETS), ops.convert_to_tensor(drawn)
    )
    assert ops.convert_to_numpy(found).argmax(axis=1).tolist() == [1, 2, 2, 2]
    images, _ = data(16)
    gan.fit(images, np.tile(SETS, (4, 1)), batch_size=8, verbose=0)
    again = keras.saving.deserialize_keras_object(
        keras.saving.serialize_keras_object(gan)
    )
    assert again.partial_labels
    with pytest.raises(ValueError, match="predictor=None, partial_labels=True"):
        make_gan(partial_labels=True, predictor=None)
