import contextlib
import json
import os
import random
import secrets
import shutil
import subprocess
import sys

import pytest
from PIL import Image

from keras_s3gan.callbacks import (
    ScoreHistory,
    checkpoint_step,
    checkpoints,
    latest_checkpoint,
    read_history,
)
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.train import train
from keras_s3gan.files import load_arrays, write_json
from tests.experiment.tiny import write_recipe

KILL_SEED = "KERAS_S3GAN_KILL_SEED"


def final_arrays(folder):
    return load_arrays(latest_checkpoint(folder.checkpoints))[0]


def assert_same_weights(folder, reference):
    arrays, expected = final_arrays(folder), final_arrays(reference)
    assert arrays.keys() == expected.keys()
    different = [
        name for name in arrays if arrays[name].tobytes() != expected[name].tobytes()
    ]
    assert different == []


def test_a_run_leaves_what_it_should(finished):
    for path in (
        finished.recipe,
        finished.history,
        finished.samples,
        finished.evolution,
        finished.interpolation,
        finished.scores,
    ):
        assert path.is_file(), path
    assert latest_checkpoint(finished.checkpoints).name == "step-00000004.npz"
    record = finished.read_record()
    assert record["status"] == "finished"
    assert record["command"] == "the command"
    assert len(record["labelled_ids"]) == 20
    assert record["training_seconds"] > 0


def test_pictures_have_a_row_a_class(finished):
    # 2 x 8 pixels an image, 2 between and around.
    samples, interpolation = (
        Image.open(finished.samples),
        Image.open(finished.interpolation),
    )
    assert samples.height == interpolation.height == 2 * 16 + 3 * 2
    assert samples.mode == "L"


def test_scores_say_what_they_were_computed_on(finished):
    scores = json.loads(finished.scores.read_text())
    assert scores["fid"]["n_real"] == 40
    assert scores["fid"]["n_generated"] == scores["class_accuracy"]["n_generated"] == 20
    right = 20 * scores["class_accuracy"]["value"]
    assert right == pytest.approx(round(right))
    assert scores["run"]["steps"] == 4
    assert scores["run"]["seed"] == 0


def test_the_stored_recipe_alone_repeats_the_run(finished, tmp_path):
    again = train(resolve_recipe(finished.recipe), tmp_path / "again")
    assert again.stored_recipe() == finished.stored_recipe()
    assert_same_weights(again, finished)


def test_a_finished_run_is_left_alone(recipe, finished):
    before = {path: path.stat().st_mtime_ns for path in finished.path.rglob("*.*")}
    lines = []
    train(resolve_recipe(recipe), finished.path, report=lines.append)
    assert "is finished" in lines[0]
    for path, modified in before.items():
        assert path.name == ".lock" or path.stat().st_mtime_ns == modified, path


def test_another_recipe_in_the_folder_is_refused(recipe, finished):
    resolved = resolve_recipe(recipe, ["S3GAN.ema_decay = 0.5"])
    with pytest.raises(ValueError, match="S3GAN.ema_decay is 0.9 there, 0.5 here"):
        train(resolved, finished.path)


def test_changed_images_are_refused(recipe, finished, tmp_path):
    folder = RunFolder(shutil.copytree(finished.path, tmp_path / "run"))
    folder.update_record(status="started", source_fingerprint="of others")
    with pytest.raises(
        ValueError, match="other images.*fingerprint is of others there"
    ):
        train(resolve_recipe(recipe), folder.path)


def unfinished(finished, path):
    """A copy of a run that stopped at its last checkpoint."""
    folder = RunFolder(shutil.copytree(finished.path, path))
    folder.update_record(status="started")
    return folder


def as_before(folder, fingerprint):
    """Changes the record of a run to what version 0.1.0 wrote."""
    record = folder.read_record()
    del record["class_names"]
    write_json(folder.record, {**record, "source_fingerprint": fingerprint})


def images_of(recipe):
    return open_source(resolve_recipe(recipe).settings)


def test_moved_images_are_the_same_run(recipe, finished, tmp_path):
    images = shutil.copytree(images_of(recipe).path, tmp_path / "moved")
    for image in images.rglob("*.png"):
        os.utime(image, (0, 0))
    moved = resolve_recipe(recipe, [f"train.source = 'folder:{images}'"])
    for status in ("started", "finished"):
        folder = unfinished(finished, tmp_path / status)
        folder.update_record(status=status)
        train(moved, folder.path)
        record = folder.read_record()
        assert record["status"] == "finished"
        assert record["source"] == f"folder:{images}"
        # What reads the run, such as `evaluate`, finds the images where they are.
        assert resolve_recipe(folder.recipe).settings.source == f"folder:{images}"


@pytest.mark.parametrize("status", ["started", "finished"])
def test_other_images_elsewhere_are_refused(recipe, finished, tmp_path, status):
    images = shutil.copytree(images_of(recipe).path, tmp_path / "others")
    Image.new("L", (8, 8)).save(images / "dark" / "000.png")
    others = resolve_recipe(recipe, [f"train.source = 'folder:{images}'"])
    folder = unfinished(finished, tmp_path / "run")
    folder.update_record(status=status)
    with pytest.raises(ValueError, match="has other images.*of folder:.*others"):
        train(others, folder.path)
    assert folder.stored_recipe() == finished.stored_recipe()


def test_another_kind_of_source_is_another_run(recipe, finished, tmp_path):
    folder = unfinished(finished, tmp_path / "run")
    with pytest.raises(ValueError, match="train.source is 'folder:.*'mnist5k' here"):
        train(resolve_recipe(recipe, ["train.source = 'mnist5k'"]), folder.path)


def test_a_run_of_the_version_before_goes_on(recipe, finished, tmp_path):
    source = images_of(recipe)
    folder = unfinished(finished, tmp_path / "run")
    as_before(folder, source.former_fingerprint())
    train(resolve_recipe(recipe), folder.path)
    record = folder.read_record()
    assert record["status"] == "finished"
    assert record["source_fingerprint"] == source.fingerprint()
    assert record["class_names"] == ["dark", "light"]


def test_a_run_of_the_version_before_that_cannot_be_told_says_so(
    recipe, finished, tmp_path
):
    folder = unfinished(finished, tmp_path / "run")
    as_before(folder, "of these images at another time")
    with pytest.raises(ValueError, match="an earlier version, which knew") as error:
        train(resolve_recipe(recipe), folder.path)
    # What the message says helps.
    fingerprint = str(error.value).rpartition("Received: source_fingerprint=")[2]
    folder.update_record(source_fingerprint=fingerprint)
    train(resolve_recipe(recipe), folder.path)
    assert folder.is_finished()


def test_images_without_labels_are_refused(tmp_path):
    recipe = write_recipe(tmp_path)
    for image in (tmp_path / "images").rglob("*.png"):
        image.rename(tmp_path / "images" / f"{image.parent.name}{image.name}")
    for folder in ("dark", "light"):
        (tmp_path / "images" / folder).rmdir()
    with pytest.raises(ValueError, match="has no labels"):
        train(resolve_recipe(recipe), tmp_path / "run")
    assert not RunFolder(tmp_path / "run").is_run()


def test_a_shorter_last_epoch_is_an_epoch(tmp_path):
    settings = ["train.evaluate_every_epochs = 2", "train.keep_checkpoints = None"]
    recipe = write_recipe(tmp_path, steps=5)
    whole = train(resolve_recipe(recipe, settings), tmp_path / "whole")
    rows = read_history(whole.history)
    assert [(row["epoch"], row["step"]) for row in rows] == [
        *(("1", "2"), ("2", "4"), ("3", "5"))
    ]
    assert [checkpoint_step(path) for path in checkpoints(whole.checkpoints)] == [
        *(2, 4, 5)
    ]
    assert [row["step"] for row in ScoreHistory(whole.score_history).rows] == ["4", "5"]
    assert json.loads(whole.scores.read_text())["run"]["steps"] == 5
    assert sorted(path.name for path in (whole.path / "evolution").iterdir())[-1] == (
        "step-00000005.npy"
    )

    # Stopped inside of the last epoch, after the one before was written.
    stopped = RunFolder(shutil.copytree(whole.path, tmp_path / "stopped"))
    latest_checkpoint(stopped.checkpoints).unlink()
    stopped.update_record(status="started")
    lines = []
    train(resolve_recipe(recipe, settings), stopped.path, report=lines.append)
    assert "Continuing from step 4." in lines
    assert_same_weights(stopped, whole)
    again = read_history(stopped.history)
    assert [row["step"] for row in again] == ["2", "4", "5"]

    # Epochs say when to write, not what to train.
    one = [*settings[1:], "train.steps_per_epoch = 50"]
    assert_same_weights(train(resolve_recipe(recipe, one), tmp_path / "one"), whole)


def test_killed_at_any_moment_the_run_goes_on_as_if_it_had_not_been(tmp_path):
    # Not of the seed of all tests, which would choose the same moment every time.
    seed = int(os.environ.get(KILL_SEED) or secrets.randbits(32))
    print(f"{KILL_SEED}={seed} kills at this moment again")
    chosen = random.Random(seed)
    # Killed in the first third, so that a fast machine has not finished by then.
    recipe = write_recipe(tmp_path, steps=40)
    last, moment = chosen.randint(1, 12), chosen.uniform(0, 0.05)
    reference = train(resolve_recipe(recipe), tmp_path / "not_killed")
    killed = RunFolder(tmp_path / "killed")
    command = [sys.executable, "-m", "keras_s3gan.cli", "train", str(recipe)]
    process = subprocess.Popen(
        [*command, "--run-dir", str(killed.path)], stdout=subprocess.DEVNULL
    )
    while process.poll() is None and max(steps_of(killed), default=0) < last:
        wait(process, 0.01)
    wait(process, moment)
    process.kill()
    process.wait()
    assert process.returncode < 0, "it ended before it could be killed"
    message = f"killed {moment:.3f} s after step {last}, with rows {steps_of(killed)}"
    assert not killed.is_finished(), message

    # The first row may be written and the first checkpoint not yet.
    continues = latest_checkpoint(killed.checkpoints) is not None
    lines = []
    train(resolve_recipe(recipe), killed.path, report=lines.append)
    said = any(line.startswith("Continuing from step") for line in lines)
    assert said == continues, message
    assert_same_weights(killed, reference)
    assert killed.evolution.read_bytes() == reference.evolution.read_bytes()
    columns = [
        [{**row, "seconds": None} for row in read_history(folder.history)]
        for folder in (killed, reference)
    ]
    assert columns[0] == columns[1]


def steps_of(folder):
    return [int(row["step"]) for row in read_history(folder.history)]


def wait(process, seconds):
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
