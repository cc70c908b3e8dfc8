import csv
import shutil

import numpy as np
import pytest
from keras import ops

from keras_s3gan.callbacks import checkpoints
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs import evaluate as module
from keras_s3gan.experiment.runs.build import all_checkpoints, load_run
from keras_s3gan.experiment.runs.evaluate import Protocol, evaluate, evaluate_all
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.sample import sample
from keras_s3gan.experiment.runs.score_tables import history_rows, score_rows
from keras_s3gan.experiment.runs.scores import read_scores
from keras_s3gan.experiment.runs.train import train
from tests.once import once


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


def rows_of(folder):
    with open(folder.score_history, newline="") as file:
        return list(csv.DictReader(file))


def test_same_scores_as_training_left(copy, finished):
    copy.scores.unlink()
    evaluate(copy.path)
    assert read_scores(copy) == read_scores(finished)
    assert rows_of(copy) == rows_of(finished)


@once("what is noted of scores is up to Python")
def test_the_protocol_is_taken_and_noted(copy):
    evaluate(copy.path, Protocol(samples=30, seed=3, repeats=2, truncation=0.5))
    for score in ("fid", "class_accuracy"):
        found = read_scores(copy)[score]
        assert (found["n_generated"], found["seed"], found["repeats"]) == (30, 3, 2)
        assert (found["truncation"], found["standing_statistics"]) == (0.5, True)
    (row,) = [row for row in rows_of(copy) if row["seed"] == "3"]
    assert float(row["fid30_train"]) == read_scores(copy)["fid"]["value"]
    assert float(row["fid30_train_spread"]) == read_scores(copy)["fid"]["spread"]


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
    assert float(rows[-1]["fid20_train"]) == read_scores(scored)["fid"]["value"]


def test_scored_or_not_a_run_learns_the_same(recipe, scored, tmp_path):
    resolved = resolve_recipe(recipe, ["train.steps = 8"])
    plain = train(resolved, tmp_path / "plain")
    assert read_scores(plain)["fid"]["value"] == read_scores(scored)["fid"]["value"]


@once("which file is read is up to Python")
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
    with pytest.raises(ValueError, match="has no best checkpoint"):
        load_run(finished.path, "best")
    with pytest.raises(ValueError, match=r"a step of \[2, 4\]. Received: 3"):
        load_run(finished.path, 3)


@once("tables of scores are up to Python")
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
    # Scores without intervals are not those with.
    protocol = Protocol(scores=("fid", "recall"), samples=15, bootstrap=40)
    _, history = evaluate_all(folder.path, protocol, report=lines.append)
    evaluate_all(folder.path, protocol, report=lines.append)
    assert len(lines) == 8 and "[" in lines[-1]
    _, rows = history_rows(history)
    assert len([row for row in rows if "[" in row[column]]) == 4


@once("which files are waited for is up to Python")
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


@once("snapshots have their own tests on each")
def test_an_average_of_another_width(recipe, tmp_path):
    bindings = [
        "S3GAN.post_hoc_widths = (0.05, 0.1)",
        "S3GAN.generator_penalty = 'l2'",
        "S3GAN.generator_penalty_weight = @decay/Cosine()",
        "decay/Cosine.start = 1e-3",
        "decay/Cosine.end = 0.0",
        "decay/Cosine.steps = 4",
    ]
    folder = train(resolve_recipe(recipe, bindings), tmp_path / "run")
    assert len(list(folder.averages.glob("average-*.npz"))) == 2
    _, _, gan = load_run(folder.path)
    _, _, other = load_run(folder.path, ema=0.2)
    for (mean, _), (wide, _) in zip(
        gan.averaged_weights, other.averaged_weights, strict=True
    ):
        assert not np.array_equal(*map(ops.convert_to_numpy, (mean, wide)))
    before = folder.score_history.read_bytes(), folder.scores.read_bytes()
    _, rows = evaluate(folder.path, ema=0.2)
    assert [row[1] for row in rows] != [row[1] for row in score_rows(folder)]
    assert (folder.score_history.read_bytes(), folder.scores.read_bytes()) == before
    assert sample(folder.path, ema=0.2, output=tmp_path / "wide.png").exists()
    with pytest.raises(ValueError, match="width=0.5"):
        load_run(folder.path, ema=0.5)
