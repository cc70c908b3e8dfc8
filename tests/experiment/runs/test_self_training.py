"""Rounds of labels, each with the images of a GAN that was trained on the last."""

import json
import shutil

import numpy as np
import pytest

from keras_s3gan.callbacks import latest_checkpoint
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import self_training
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.labels import InferredLabels
from tests.experiment.runs.test_train import assert_same_weights
from tests.experiment.tiny import stage
from tests.once import once

ROUNDS = (
    stage("semi_supervised"),
    "train.self_training_rounds = 2",
    "train.self_training_steps = 2",
    "train.self_training_images = 6",
)


def test_every_round_is_in_the_run_and_a_stopped_one_goes_on(recipe, tmp_path):
    lines = []
    resolved = resolve_recipe(recipe, ROUNDS)
    whole = train(resolved, tmp_path / "whole", report=lines.append)
    assert [line for line in lines if line.startswith("Self-training")] == [
        f"Self-training, round {number} of 2 ..." for number in (1, 2)
    ]
    report = json.loads(whole.label_report.read_text())
    assert len(report["rounds"]) == 3
    assert report["label_accuracy"] == report["rounds"][2]["label_accuracy"]
    assert report["seconds"] >= sum(part["seconds"] for part in report["rounds"]) - 0.1
    for number, part in enumerate(report["rounds"][:2]):
        folder = self_training.round_folder(whole, resolved.settings, number)
        assert folder.path == whole.path / "rounds" / str(number)
        assert json.loads(folder.label_report.read_text()) == part
        assert latest_checkpoint(folder.checkpoints).name == "step-00000002.npz"
        assert len(InferredLabels.load(folder.labels).labels) == 40
    labels = InferredLabels.load(whole.labels)
    assert len(labels.labels) == 40 and len(labels.given_ids) == 20

    # Stopped at the end of the first round's training.
    stopped = RunFolder(shutil.copytree(whole.path, tmp_path / "stopped"))
    stopped.update_record(status="started")
    for path in (stopped.labels, *stopped.checkpoints.iterdir()):
        path.unlink()
    (stopped.path / "rounds" / "1" / "labels.npz").unlink()
    shutil.rmtree(stopped.path / "rounds" / "1" / "checkpoints")
    lines.clear()
    train(resolve_recipe(recipe, ROUNDS), stopped.path, report=lines.append)
    assert "Continuing from step 2." in lines
    assert_same_weights(stopped, whole)
    again = InferredLabels.load(stopped.labels)
    np.testing.assert_array_equal(again.labels, labels.labels)
    np.testing.assert_array_equal(again.confidence, labels.confidence)


@once("NumPy alone")
def test_generated_images_have_the_shares_of_the_given_labels():
    given = np.repeat([0, 1, -1], [9, 1, 5])
    classes = self_training._classes(given, 2, 10)
    assert np.bincount(classes).tolist() == [18, 2]
    # Every class has an image.
    assert np.bincount(self_training._classes(given, 2, 1)).tolist() == [2, 1]


@once("NumPy alone")
def test_generated_images_stand_behind_those_of_the_source():
    first = np.linspace(-1, 1, 5, dtype="float32")[:, None, None, None]
    joined = self_training._Joined(first, np.full((2, 1, 1, 1), 255, "uint8"))
    assert len(joined) == 7
    found = joined[np.array([6, 0, 4])]
    assert found.ravel().tolist() == [1, -1, 1]
    assert joined[:2].shape == (2, 1, 1, 1)


@once("messages")
@pytest.mark.parametrize(
    "bindings",
    [
        ["train.self_training_rounds = 1"],
        [*ROUNDS[:2], "train.label_fraction = 0.0"],
    ],
)
def test_without_labels_to_infer_from_it_is_refused(recipe, bindings):
    with pytest.raises(ValueError, match="Self-training repeats pseudo-labelling"):
        resolve_recipe(recipe, bindings)
