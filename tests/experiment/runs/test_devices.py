"""A run on several devices is the run on one."""

import json
import os
import shutil
import subprocess
import sys
import types

import keras
import pytest

from keras_s3gan.callbacks import latest_checkpoint, read_history
from keras_s3gan.experiment.runs.devices import check_batch_size
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.files import load_arrays
from keras_s3gan.labels import InferredLabels
from tests.experiment.tiny import stage, write_recipe
from tests.layers.replicas import free_port
from tests.once import once
from tests.tolerance import assert_close

STEPS = 6


def start_training(recipe, run_dir, *options):
    settings = ("train.batch_size=16", f"train.steps={STEPS}")
    changes = [part for setting in settings for part in ("--set", setting)]
    return start("train", recipe, "--run-dir", run_dir, *changes, *options)


def start(*arguments):
    return subprocess.Popen(
        [sys.executable, "-m", "keras_s3gan.cli", *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path])},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(*processes):
    outputs = [process.communicate(timeout=300) for process in processes]
    for process, (_, errors) in zip(processes, outputs, strict=True):
        assert process.returncode == 0, errors[-2000:]
    return [output for output, _ in outputs]


def read_scores(path):
    return json.loads(RunFolder(path).scores.read_text(encoding="utf-8"))


def assert_same_scores(path, expected):
    found, others = read_scores(path), read_scores(expected)
    assert found["fid"]["n_generated"] == others["fid"]["n_generated"]
    for name in ("fid", "class_accuracy"):
        assert_close(found[name]["value"], others[name]["value"], 1e-3, name)


def assert_same_run(path, expected):
    assert_same_scores(path, expected)
    arrays, others = (
        load_arrays(latest_checkpoint(RunFolder(folder).checkpoints))[0]
        for folder in (path, expected)
    )
    assert arrays.keys() == others.keys()
    for name, array in arrays.items():
        assert_close(array, others[name], 1e-4, name)
    rows, other_rows = (
        read_history(RunFolder(folder).history) for folder in (path, expected)
    )
    assert len(rows) == len(other_rows) == STEPS // 2
    for row, other in zip(rows, other_rows, strict=True):
        for name in set(row) - {"seconds"}:
            assert_close(float(row[name]), float(other[name]), 1e-4, name)


@pytest.fixture(scope="module", autouse=True)
def one_cache(cache):
    """One evaluation classifier for all runs; `own_cache` comes after these runs."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_S3GAN_CACHE", str(cache))
        yield


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    """The recipe, and its run on one device."""
    folder = tmp_path_factory.mktemp("alone")
    recipe = write_recipe(folder)
    finish(start_training(recipe, folder / "run"))
    return recipe, folder / "run"


@pytest.fixture(scope="module")
def shared(alone, tmp_path_factory):
    """The same run on two devices, and what it printed."""
    folder = tmp_path_factory.mktemp("shared") / "run"
    (output,) = finish(start_training(alone[0], folder, "--devices", "2"))
    return folder, output


def test_two_devices(alone, shared):
    path, output = shared
    assert_same_run(path, alone[1])
    folder = RunFolder(path)
    assert folder.is_finished()
    assert folder.read_record()["devices"] == 2
    assert folder.samples.is_file() and folder.scores.is_file()
    # Of several processes one speaks.
    assert output.count("All files are in") == 1


@once("test_two_devices compares a run on each, test_train.py goes on with one")
def test_a_stopped_run_goes_on_with_other_devices(alone, shared, tmp_path):
    recipe, expected = alone
    folder = RunFolder(tmp_path / "run")
    shutil.copytree(shared[0], folder.path)
    latest_checkpoint(folder.checkpoints).unlink()
    folder.update_record(status="started")
    (output,) = finish(start_training(recipe, folder.path))
    assert f"Continuing from step {STEPS - 2}" in output
    assert_same_run(folder.path, expected)


@once("tests/models/test_replicas.py has classifiers on devices on each")
def test_scores_and_labels_of_two_devices(alone, tmp_path):
    recipe, expected = alone
    run = tmp_path / "run"
    shutil.copytree(expected, run)
    evaluating = start("evaluate", run, "--devices", "2", "--seed", "0")
    folders = tmp_path / "one", tmp_path / "two"
    for folder, devices in zip(folders, ("1", "2"), strict=True):
        (output,) = finish(
            start(
                *("labels", recipe, "--run-dir", folder, "--devices", devices),
                *("--set", stage("semi_supervised")),
            )
        )
        assert output.count("Wrote") == 1
    labels = [InferredLabels.load(RunFolder(folder).labels) for folder in folders]
    for name in ("labels", "confidence"):
        one, two = (getattr(each, name) for each in labels)
        assert_close(two, one, 1e-5, name)
    (output,) = finish(evaluating)
    assert output.count("Wrote") == 1
    assert_same_scores(run, expected)


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="JAX's own way")
def test_two_processes_of_jax(alone, tmp_path):
    recipe, expected = alone
    several = ("--coordinator", f"localhost:{free_port()}", "--processes", "2")
    finish(
        *(
            start_training(recipe, tmp_path / "run", *several, "--process", str(number))
            for number in range(2)
        )
    )
    assert_same_run(tmp_path / "run", expected)
    assert RunFolder(tmp_path / "run").read_record()["devices"] == 2


def test_a_batch_that_does_not_split():
    two = types.SimpleNamespace(total=2)
    check_batch_size(16, two)
    with pytest.raises(ValueError, match="multiple of the 2 devices .*batch_size=7"):
        check_batch_size(7, two)
