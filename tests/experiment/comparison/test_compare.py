import io

import keras
import pytest
from rich.console import Console

from keras_s3gan.experiment.comparison.compare import compare, plan_grid
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.train import train
from tests.experiment.comparison.grid import called, pretend
from tests.once import once

BACKEND = keras.backend.backend()


@pytest.fixture
def written(recipe, tmp_path):
    """Writes recipes that are the tiny one with a change."""

    def write(name, *bindings):
        path = tmp_path / f"{name}.gin"
        path.write_text("\n".join([recipe.read_text(), *bindings]))
        return path

    return write


def cells(runs):
    return [(run.recipe, run.fraction, run.seed) for run in runs]


def shown(runs, directory, **settings):
    """Compares; returns the rows and what was printed."""
    console = Console(file=io.StringIO(), width=200, **settings)
    rows, _ = compare(runs, directory, console)
    return rows, console.file.getvalue()


def test_a_seed_after_the_other(written, tmp_path):
    recipes = [written("a"), written("all", "train.label_fraction = 1.0")]
    runs = plan_grid(recipes, tmp_path, BACKEND, [0.25, 0.5], [3, 1])
    assert cells(runs) == [
        ("a", 0.25, 3),
        ("a", 0.5, 3),
        ("all", 1.0, 3),
        ("a", 0.25, 1),
        ("a", 0.5, 1),
        ("all", 1.0, 1),
    ]


def test_the_recipes_own_fraction_is_the_default(recipe, tmp_path):
    (run,) = plan_grid([recipe], tmp_path, BACKEND)
    assert cells([run]) == [("tiny4", 0.5, 0)]
    assert run.path == tmp_path / "runs" / "tiny4-0.5-seed0"
    assert run.log == tmp_path / "runs" / "tiny4-0.5-seed0.log"


def test_a_recipe_without_labels_keeps_to_that(written, tmp_path):
    recipe = written("none", "train.label_fraction = 0.0")
    assert cells(plan_grid([recipe], tmp_path, BACKEND, [0.1])) == [("none", 0.0, 0)]


def test_arguments_train_the_resolved_recipe(recipe, tmp_path):
    bindings = ["train.steps=2"]
    (run,) = plan_grid([recipe], tmp_path, BACKEND, [0.25], [7], bindings)
    assert run.arguments == (
        *("train", str(recipe), "--backend", BACKEND, "--seed", "7"),
        *("--set", "train.steps=2", "--set", "train.label_fraction=0.25"),
        *("--run-dir", str(run.path)),
    )
    settings = ["train.steps=2", "train.label_fraction=0.25"]
    assert run.text == resolve_recipe(recipe, settings, 7).text


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"fractions": [0.0]}, "fraction=0.0"),
        ({"fractions": [1.5]}, "fraction=1.5"),
        ({"fractions": [float("nan")]}, "fraction=nan"),
        ({"fractions": [0.1, 0.10]}, "must stand once. Received: fraction=0.1"),
        ({"seeds": [-1]}, "seed=-1"),
        ({"seeds": [1, 1]}, "must stand once. Received: seed=1"),
        ({"bindings": ["train.seed = 3"]}, "--seeds. Received: --set train.seed = 3"),
        ({"bindings": ["train.label_fraction=1"]}, "--set train.label_fraction=1"),
        ({"bindings": ["train.stepz=1"]}, "stepz"),
    ],
)
def test_wrong_settings(recipe, tmp_path, settings, message):
    with pytest.raises(ValueError, match=message):
        plan_grid([recipe], tmp_path, BACKEND, **settings)


def test_a_recipe_twice(recipe, tmp_path):
    with pytest.raises(ValueError, match="recipe=tiny4 more than once"):
        plan_grid([recipe, recipe], tmp_path, BACKEND)


@pytest.mark.parametrize(
    ("binding", "message"),
    [
        ('train.source = "mnist5k"', "same train.source. .*b: mnist5k"),
        ("train.score_samples = 10", "same train.score_samples. .*a: 20, b: 10"),
    ],
)
def test_scores_of_different_kinds(written, tmp_path, binding, message):
    with pytest.raises(ValueError, match=message):
        plan_grid([written("a"), written("b", binding)], tmp_path, BACKEND)


def test_a_grid_leaves_runs_and_a_report(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND, seeds=[0, 1])
    rows, text = shown(runs, tmp_path)
    assert [row["fid"] for row in rows] == [10, 11]
    assert "1 of 2: tiny4-0.5-seed0 finished, 0:00:0" in text
    assert len(text.splitlines()) == 2
    for name in ("comparison.md", "comparison.csv", "comparison.png"):
        assert (tmp_path / name).is_file()


def test_a_terminal_gets_a_table(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND)
    _, text = shown(runs, tmp_path, force_terminal=True)
    assert "waiting" in text
    assert "time left" in text


def test_only_what_is_missing_is_run_again(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND, seeds=[0, 1])
    (broken := tmp_path / "runs" / "tiny4-0.5-seed1.broken").parent.mkdir()
    broken.touch()
    rows, text = shown(runs, tmp_path)
    assert [row["status"] for row in rows] == ["finished", "failed"]
    assert "exit code 1: keras-s3gan: the [loss] is no number" in text
    # What the program cannot know: the whole of the resolved recipe.
    RunFolder(runs[0].path).recipe.write_text(runs[0].text)
    broken.unlink()
    rows, _ = shown(runs, tmp_path)
    assert [row["status"] for row in rows] == ["finished", "finished"]
    assert [name for name, _ in called(tmp_path / "runs")] == [
        *("tiny4-0.5-seed0", "tiny4-0.5-seed1", "tiny4-0.5-seed1")
    ]


@once
def test_a_run_is_finished_only_with_its_own_recipe(recipe, tmp_path):
    (run,) = plan_grid([recipe], tmp_path, BACKEND)
    assert not run.is_finished()
    train(resolve_recipe(recipe), run.path)
    assert run.is_finished()
    (other,) = plan_grid([recipe], tmp_path, BACKEND, bindings=["S3GAN.ema_decay=0.5"])
    assert not other.is_finished()
    RunFolder(run.path).update_record(backend="another")
    assert not run.is_finished()
