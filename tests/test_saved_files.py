"""Files that version 0.1.0 wrote, before its rooms and names changed, still load.

`saved/` holds small models after a step of training on PyTorch (commit ced54c3), and in
`expected.npz` what they gave there.
"""

import inspect
from pathlib import Path

import keras
import numpy as np
import pytest

from keras_s3gan.callbacks import restore_latest
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.labels import InferredLabels
from tests.tolerance import assert_close

SAVED = Path(__file__).with_name("saved")
GANS = ("s3gan", "ssgan", "acgan", "infogan")


@pytest.fixture(scope="module")
def expected():
    with np.load(SAVED / "expected.npz") as arrays:
        return dict(arrays)


def images_of(gan, latents):
    return gan.generate(3 if gan.num_classes is None else [0, 1, 2], latents=latents)


@pytest.mark.parametrize("name", GANS)
def test_gan(name, expected):
    gan = keras.saving.load_model(SAVED / f"{name}.keras")
    assert gan.name == name and gan.step_count == 2
    images = images_of(gan, expected[f"{name}/latents"])
    assert_close(images, expected[f"{name}/images"], 1e-5)
    logits = gan.discriminate(expected["images"][:4])
    assert_close(logits, expected[f"{name}/logits"], 1e-5)


def test_training_goes_on(expected):
    gan = keras.saving.load_model(SAVED / "s3gan.keras")
    labels = np.arange(len(expected["images"])) % gan.num_classes
    gan.fit(expected["images"], labels, batch_size=8, verbose=0)
    assert gan.step_count == 4


def test_sequential(expected):
    model = keras.saving.load_model(SAVED / "sequential.keras")
    outputs = model.predict(expected["sequential/inputs"], verbose=0)
    assert_close(outputs, expected["sequential/outputs"], 1e-5)


def test_classifier(expected):
    model = keras.saving.load_model(SAVED / "classifier.keras")
    assert_close(model(expected["images"]), expected["classifier/outputs"], 1e-5)


def test_checkpoint(expected):
    gan = keras.saving.load_model(SAVED / "s3gan.keras")
    restored = restore_latest(gan, SAVED / "checkpoints")
    assert (restored.step, restored.metadata) == (4, {"note": "written before"})
    assert gan.step_count == expected["checkpoint/step"] == 4
    images = images_of(gan, expected["s3gan/latents"])
    assert_close(images, expected["checkpoint/images"], 1e-5)


def test_recipe_of_a_run():
    with pytest.warns(FutureWarning, match="train.label_stage is called"):
        settings = resolve_recipe(str(SAVED / "run" / "recipe.gin")).settings
    assert settings.steps == 4 and inspect.isfunction(settings.pseudo_labelling)


def test_labels_of_a_run():
    labels = InferredLabels.load(SAVED / "run" / "labels.npz")
    assert len(labels.labels) == 40 and (labels.labels >= 0).all()
