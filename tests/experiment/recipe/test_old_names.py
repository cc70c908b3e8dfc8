import json
import shutil
import warnings

import pytest

from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.old_names import replace_old_names
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.build import load_run
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.scores import read_scores
from tests.once import once

pytestmark = once("Gin and Python alone")

RECIPE = "single_label_mnist5k"
WARNING = "train.label_stage is called train.pseudo_labelling now"


def old(text):
    """A resolved recipe as it was written before the setting had its name."""
    return text.replace("train.pseudo_labelling =", "train.label_stage =")


def test_new_names_stay_and_do_not_warn():
    text = resolve_recipe(RECIPE).text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert replace_old_names(text) == text


def test_a_recipe_with_the_old_name(tmp_path):
    new = resolve_recipe(RECIPE)
    (tmp_path / f"{RECIPE}.gin").write_text(old(new.text))
    with pytest.warns(FutureWarning, match=WARNING) as found:
        again = resolve_recipe(tmp_path / f"{RECIPE}.gin")
    assert len(found) == 1
    assert (again.text, again.pseudo_labelling) == (new.text, new.pseudo_labelling)


def test_a_binding_with_the_old_name():
    with pytest.warns(FutureWarning, match=WARNING):
        found = resolve_recipe(RECIPE, ["train.label_stage=@random_label"])
    assert "train.pseudo_labelling = @random_label" in found.text


def test_the_old_scope_of_the_recipes_is_the_new_one():
    found = resolve_recipe("s3gan_mnist5k", ["stage_one/AdamW.learning_rate = 0.5"])
    assert "pseudo_labelling/AdamW.learning_rate = 0.5" in found.text


def test_a_run_that_was_started_with_the_old_name_is_the_same_run():
    new = resolve_recipe("s3gan_mnist5k").text
    before = old(new).replace("pseudo_labelling/", "stage_one/")
    assert before != new
    assert differences(before, new) == []


def test_a_saved_run_with_the_old_names_opens(finished, tmp_path):
    folder = RunFolder(shutil.copytree(finished.path, tmp_path / "run"))
    folder.recipe.write_text(old(folder.recipe.read_text()))
    scores = json.loads(folder.scores.read_text())
    seconds = scores["run"].pop("pseudo_labelling_seconds")
    scores["run"]["stage_one_seconds"] = seconds
    folder.scores.write_text(json.dumps(scores))
    with pytest.warns(FutureWarning, match=WARNING) as found:
        _, settings, _ = load_run(folder.path)
    assert len([w for w in found if w.category is FutureWarning]) == 1
    assert settings.pseudo_labelling is None
    assert read_scores(folder) == read_scores(finished)
