"""Labels that change while the GAN is trained on them."""

import json
import shutil

import numpy as np
import pytest

from keras_s3gan.callbacks import latest_checkpoint
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.refinement import last_refined
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.labels import InferredLabels
from tests.experiment.runs.test_train import assert_same_weights
from tests.experiment.tiny import stage, write_recipe
from tests.once import once

REFINED = (
    "train.refine_labels_every_epochs = 1",
    "train.refine_labels_confidence = 0.51",
    "train.keep_checkpoints = None",
)


def test_a_stopped_run_goes_on_with_the_labels_of_its_time(tmp_path):
    recipe, lines = write_recipe(tmp_path, steps=6), []
    resolved = resolve_recipe(recipe, REFINED)
    whole = train(resolved, tmp_path / "whole", report=lines.append)
    said = [line for line in lines if "are refined" in line]
    assert [line.rpartition(" ")[2] for line in said] == ["2.", "4."]
    first, last = (
        InferredLabels.load(whole.refined / f"step-{step:08d}.npz") for step in (2, 4)
    )
    assert not np.array_equal(first.confidence, last.confidence)
    np.testing.assert_array_equal(last.labels, last_refined(whole).labels)
    scores = json.loads(whole.scores.read_text())
    assert scores["label_accuracy"] == last.metadata["label_accuracy"]

    # Stopped before the last change, and after it in the middle of an epoch.
    for steps, left in (((6, 4), 1), ((6,), 2)):
        stopped = RunFolder(shutil.copytree(whole.path, tmp_path / f"stopped{left}"))
        stopped.update_record(status="started")
        for step in steps:
            (stopped.checkpoints / f"step-{step:08d}.npz").unlink()
        train(resolve_recipe(recipe, REFINED), stopped.path)
        assert latest_checkpoint(stopped.checkpoints).name == "step-00000006.npz"
        assert_same_weights(stopped, whole)
        np.testing.assert_array_equal(last_refined(stopped).labels, last.labels)


@once("which labels are taken is up to NumPy")
def test_between_two_changes_the_stored_labels_count(tmp_path):
    recipe = write_recipe(tmp_path, steps=4)
    bindings = [*REFINED, "train.steps_per_epoch = 1"]
    bindings.append("train.refine_labels_every_epochs = 2")
    whole = train(resolve_recipe(recipe, bindings), tmp_path / "whole")
    (stored,) = whole.refined.iterdir()
    assert stored.name == "step-00000002.npz"
    stopped = RunFolder(shutil.copytree(whole.path, tmp_path / "stopped"))
    stopped.update_record(status="started")
    (stopped.checkpoints / "step-00000004.npz").unlink()
    lines = []
    train(resolve_recipe(recipe, bindings), stopped.path, report=lines.append)
    assert "Continuing from step 3." in lines
    assert not [line for line in lines if "are refined" in line]
    assert_same_weights(stopped, whole)


@once("messages")
def test_a_model_without_a_predictor_is_refused(recipe, tmp_path):
    bindings = [*REFINED, stage("random_label"), "S3GAN.predictor = None"]
    with pytest.raises(ValueError, match="Labels are refined by the predictor"):
        train(resolve_recipe(recipe, bindings), tmp_path / "run")
