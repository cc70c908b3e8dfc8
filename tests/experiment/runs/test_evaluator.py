import numpy as np
import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.evaluate import evaluate
from keras_s3gan.experiment.runs.evaluator import settings_of_split
from keras_s3gan.experiment.runs.scores import read_scores
from keras_s3gan.experiment.runs.train import train
from tests.experiment.tiny import write_recipe
from tests.once import once


def test_other_splits_are_of_tfds(recipe):
    settings = resolve_recipe("resnet_cifar10").settings
    assert settings.source == "cifar10"
    assert settings_of_split(settings, "test").source == "cifar10:test"
    named = resolve_recipe("s3gan_cifar10").settings
    assert settings_of_split(named, "full").source == "tfds:cifar10:all"
    tiny = resolve_recipe(recipe).settings
    with pytest.raises(ValueError, match="split=test, source=folder:"):
        settings_of_split(tiny, "test")


@once("a missing file is up to Python")
def test_a_run_that_cannot_be_scored_says_so_and_finishes(
    recipe, tmp_path, monkeypatch
):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    lines = []
    bindings = ["train.extractor = @InceptionExtractor", "train.steps = 2"]
    resolved = resolve_recipe(recipe, bindings)
    folder = train(resolved, tmp_path / "run", report=lines.append)
    assert folder.is_finished() and not folder.scores.is_file()
    (said,) = [line for line in lines if "not be scored" in line]
    assert "pt_inception-2015-12-05-6726825d.pth" in said
    with pytest.raises(ValueError, match="pt_inception"):
        evaluate(folder.path)


@once("labels are counted by NumPy")
def test_a_class_of_one_labelled_image_is_trained_and_not_scored(tmp_path):
    recipe = write_recipe(tmp_path)
    images = tmp_path / "images"
    for path in sorted((images / "dark").iterdir())[1:]:
        path.rename(images / f"unlabelled-{path.name}")
    lines = []
    folder = train(resolve_recipe(recipe), tmp_path / "run", report=lines.append)
    assert folder.is_finished() and not folder.scores.is_file()
    (said,) = [line for line in lines if "not be scored" in line]
    assert "two labelled images of each class" in said and "1 of class 0" in said


@once("test_model_extractor.py reads models on each")
def test_features_of_a_saved_model(recipe, copy, tmp_path):
    import keras

    network = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Flatten()])
    network.add(keras.layers.Dense(3))
    network.save(tmp_path / "network.keras")
    bindings = [
        "train.extractor = @load_model_extractor",
        f"load_model_extractor.path = '{tmp_path / 'network.keras'}'",
        "train.scores = ['fid', 'recall']",
        "train.steps = 2",
    ]
    folder = train(resolve_recipe(recipe, bindings), tmp_path / "other")
    scores = read_scores(folder)
    assert scores["fid"]["extractor"].startswith("sequential")
    assert np.isfinite(scores["recall"]["value"])
    assert "classifier" not in scores and "class_accuracy" not in scores
