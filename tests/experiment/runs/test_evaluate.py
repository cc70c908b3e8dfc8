import csv
import json
import shutil
import types

import numpy as np
import pytest

from keras_s3gan.callbacks import checkpoints
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import evaluate as module
from keras_s3gan.experiment.runs.build import all_checkpoints, load_run
from keras_s3gan.experiment.runs.evaluate import (
    Protocol,
    evaluate,
    evaluate_all,
    history_rows,
    score_rows,
    write_scores,
)
from keras_s3gan.experiment.runs.evaluator import settings_of_split
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.sample import sample
from keras_s3gan.experiment.runs.train import train
from tests.experiment.tiny import write_recipe
from tests.once import once


@pytest.fixture
def copy(finished, tmp_path):
    return RunFolder(shutil.copytree(finished.path, tmp_path / "run"))


@pytest.fixture(scope="module")
def scored(recipe, cache, tmp_path_factory):
    """A run that was scored while it trained, and keeps all of its checkpoints."""
    bindings = [
        "train.evaluate_every_epochs = 1",
        "train.evaluation_samples = 10",
        "train.keep_checkpoints = None",
        "train.steps = 8",
    ]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_S3GAN_CACHE", str(cache))
        path = tmp_path_factory.mktemp("scored") / "run"
        return train(resolve_recipe(recipe, bindings), path)


def read(folder):
    return json.loads(folder.scores.read_text())


def rows_of(folder):
    with open(folder.score_history, newline="") as file:
        return list(csv.DictReader(file))


def values(scores):
    return {name: entry.get("value") for name, entry in scores.items()}


def test_same_scores_as_training_left(copy, finished):
    copy.scores.unlink()
    evaluate(copy.path)
    assert read(copy) == read(finished)
    assert rows_of(copy) == rows_of(finished)


@once
def test_the_protocol_is_taken_and_noted(copy):
    evaluate(copy.path, Protocol(samples=30, seed=3, repeats=2, truncation=0.5))
    for score in ("fid", "class_accuracy"):
        found = read(copy)[score]
        assert (found["n_generated"], found["seed"], found["repeats"]) == (30, 3, 2)
        assert (found["truncation"], found["standing_statistics"]) == (0.5, True)
    (row,) = [row for row in rows_of(copy) if row["seed"] == "3"]
    assert float(row["fid30_train"]) == read(copy)["fid"]["value"]
    assert float(row["fid30_train_spread"]) == read(copy)["fid"]["spread"]


@once
def test_other_scores_are_added_to_those_there(copy, finished):
    _, rows = evaluate(copy.path, Protocol(scores=("kid", "duplicate_rate", "fid30")))
    scores = read(copy)
    assert scores["fid"] == read(finished)["fid"]
    assert {"kid", "duplicate_rate", "fid30", "class_accuracy"} <= scores.keys()
    assert [name for name, _, _ in rows] == [name for name, _, _ in score_rows(copy)]
    assert copy.nearest.is_file()


@once
def test_scores_of_another_step_do_not_stay(copy):
    scores = read(copy)
    scores["run"]["steps"] = 2
    copy.scores.write_text(json.dumps(scores))
    evaluate(copy.path, Protocol(scores=("kid",)))
    assert "fid" not in read(copy) and "kid" in read(copy)


def test_rows_hold_the_values(finished):
    rows = {name: value for name, value, _ in score_rows(finished)}
    scores = read(finished)
    assert rows["fid"] == f"{scores['fid']['value']:.2f}"
    assert rows["class_accuracy"] == f"{scores['class_accuracy']['value']:.4f}"


def test_no_rows_without_scores(tmp_path):
    assert score_rows(RunFolder(tmp_path)) == []


def test_training_scores_as_it_goes_and_keeps_the_best(scored):
    rows = [row for row in rows_of(scored) if row["fid10_train"]]
    assert [row["step"] for row in rows] == ["2", "4", "6", "8"]
    best = min(rows, key=lambda row: float(row["fid10_train"]))
    assert "fid10_train" in best["best"].split()
    (kept,) = checkpoints(scored.best)
    assert kept.name == f"step-{int(best['step']):08d}.npz"
    assert list(all_checkpoints(scored)) == [2, 4, 6, 8]
    history = scored.history.read_text().splitlines()[0]
    assert "fid10_train" in history
    # The last checkpoint, of as many images as the recipe says.
    assert float(rows[-1]["fid20_train"]) == read(scored)["fid"]["value"]


def test_scored_or_not_a_run_learns_the_same(recipe, scored, tmp_path):
    resolved = resolve_recipe(recipe, ["train.steps = 8"])
    plain = train(resolved, tmp_path / "plain")
    assert read(plain)["fid"]["value"] == read(scored)["fid"]["value"]


@once
def test_a_checkpoint_can_be_chosen(scored, tmp_path):
    for wanted, step in (("best", None), ("4", 4), (4, 4), ("last", 8)):
        _, _, gan = load_run(scored.path, wanted)
        step = step or int(checkpoints(scored.best)[0].stem[5:])
        assert int(gan.steps) == step
    pictures = [
        sample(scored.path, output=tmp_path / f"{step}.png", checkpoint=step)
        for step in ("2", "last")
    ]
    assert pictures[0].read_bytes() != pictures[1].read_bytes()
    before = scored.scores.read_bytes()
    _, rows = evaluate(scored.path, checkpoint="2")
    assert scored.scores.read_bytes() == before
    assert rows[0][0] == "fid"


def test_no_such_checkpoint(finished):
    with pytest.raises(ValueError, match="kept no best checkpoint"):
        load_run(finished.path, "best")
    with pytest.raises(ValueError, match=r"a step of \[2, 4\]. Received: 3"):
        load_run(finished.path, 3)


@once
def test_all_checkpoints_are_scored_once(scored, tmp_path):
    folder = RunFolder(shutil.copytree(scored.path, tmp_path / "run"))
    lines = []
    protocol = Protocol(scores=("fid", "recall"), samples=15)
    _, history = evaluate_all(folder.path, protocol, report=lines.append)
    assert [line.split(":")[0] for line in lines] == [
        f"step {step}" for step in (2, 4, 6, 8)
    ]
    headings, rows = history_rows(history)
    column = headings.index("recall15_train")
    assert len([row for row in rows if row[column]]) == 4
    starred = [row[0] for row in rows if row[headings.index("fid15_train")][-1] == "*"]
    assert len(starred) == 1
    evaluate_all(folder.path, protocol, report=lines.append)
    assert len(lines) == 4


@once
def test_watching_ends_with_the_run(scored, tmp_path, monkeypatch):
    """A checkpoint that is written while one waits is scored too."""
    folder = RunFolder(shutil.copytree(scored.path, tmp_path / "run"))
    shutil.rmtree(folder.best)
    folder.update_record(status="started")
    folder.score_history.unlink()
    hidden = [
        path.rename(path.with_suffix(".later"))
        for path in checkpoints(folder.checkpoints)[2:]
    ]
    waits = []

    def wait(seconds):
        waits.append(seconds)
        if hidden:
            path = hidden.pop(0)
            path.rename(path.with_suffix(".npz"))
        else:
            folder.update_record(status="finished")

    monkeypatch.setattr(module.time, "sleep", wait)
    lines = []
    evaluate_all(folder.path, Protocol(samples=10), watch=True, report=lines.append)
    steps = [line.split(":")[0] for line in lines]
    assert steps == ["step 2", "step 4", "step 6", "step 8"]
    assert len(waits) == 3


def test_other_splits_are_of_tfds(recipe):
    settings = resolve_recipe("resnet_cifar10").settings
    assert settings.source == "cifar10"
    assert settings_of_split(settings, "test").source == "cifar10:test"
    named = resolve_recipe("s3gan_cifar10").settings
    assert settings_of_split(named, "full").source == "tfds:cifar10:all"
    tiny = resolve_recipe(recipe).settings
    with pytest.raises(ValueError, match="split=test, source=folder:"):
        settings_of_split(tiny, "test")


@once
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


@once
def test_a_class_of_one_labelled_image_is_trained_and_not_judged(tmp_path):
    recipe = write_recipe(tmp_path)
    images = tmp_path / "images"
    for path in sorted((images / "dark").iterdir())[1:]:
        path.rename(images / f"unlabelled-{path.name}")
    lines = []
    folder = train(resolve_recipe(recipe), tmp_path / "run", report=lines.append)
    assert folder.is_finished() and not folder.scores.is_file()
    (said,) = [line for line in lines if "not be scored" in line]
    assert "two labelled images of each class" in said and "1 of class 0" in said


@once
def test_where_no_hidden_label_is_known_none_is_compared(copy, monkeypatch):
    _, settings, gan = load_run(copy.path)
    source = open_source(settings)
    given_ids = copy.read_record()["labelled_ids"]
    known = np.full(len(source), -1)
    known[given_ids] = source.labels()[given_ids]
    monkeypatch.setattr(source, "labels", lambda: known)
    evaluator = types.SimpleNamespace(extractor=None)
    assert "label_accuracy" in read(copy)
    write_scores(copy, settings, gan, source, evaluator, {})
    assert "label_accuracy" not in read(copy)
    assert {row[0] for row in score_rows(copy)} == {"fid", "class_accuracy"}


@once
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
    scores = read(folder)
    assert scores["fid"]["extractor"].startswith("sequential")
    assert np.isfinite(scores["recall"]["value"])
    assert "classifier" not in scores and "class_accuracy" not in scores
