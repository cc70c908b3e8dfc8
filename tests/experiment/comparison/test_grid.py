import keras
import pytest

from keras_s3gan.experiment.comparison.grid import plan_grid
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.train import train
from tests.once import once

BACKEND = keras.backend.backend()


def cells(runs):
    return [(run.recipe, run.fraction, run.seed) for run in runs]


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
        ({"fractions": [0.1, 0.10]}, "must appear once. Received: fraction=0.1"),
        ({"seeds": [-1]}, "seed=-1"),
        ({"seeds": [1, 1]}, "must appear once. Received: seed=1"),
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


@once("files of a run alone; test_train.py has the run on each")
def test_a_run_is_finished_only_with_its_own_recipe(recipe, tmp_path):
    (run,) = plan_grid([recipe], tmp_path, BACKEND)
    assert not run.is_finished()
    train(resolve_recipe(recipe), run.path)
    assert run.is_finished()
    (other,) = plan_grid([recipe], tmp_path, BACKEND, bindings=["S3GAN.ema_decay=0.5"])
    assert not other.is_finished()
    RunFolder(run.path).update_record(backend="another")
    assert not run.is_finished()
