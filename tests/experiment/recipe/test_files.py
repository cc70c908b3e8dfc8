import pytest

from keras_s3gan.experiment.recipe.files import find_recipe, list_recipes


@pytest.fixture
def directory(tmp_path):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "shared.gin").write_text("# Not a recipe of its own\n")
    (tmp_path / "digits.gin").write_text("# Digits by class\n\ntrain.steps = 1\n")
    (tmp_path / "faces.gin").write_text("train.steps = 1\n")
    return tmp_path


def test_lists_names_and_first_comments(directory):
    assert list_recipes(directory) == [("digits", "Digits by class"), ("faces", "")]


def test_every_packaged_recipe_says_what_it_is():
    listed = list_recipes()
    assert {"s3gan_co_mnist5k", "s3gan_co_mnist5k_full"} <= {name for name, _ in listed}
    assert all(description for _, description in listed)


@pytest.mark.parametrize("name", ["digits", "digits.gin"])
def test_finds_by_name(directory, name):
    assert find_recipe(name, directory) == directory / "digits.gin"


def test_finds_by_path(directory):
    path = directory / "base" / "shared.gin"
    assert find_recipe(str(path), directory) == path


def test_unknown_recipe_names_the_closest(directory):
    with pytest.raises(ValueError, match="no recipe 'digit'. Did you mean: digits"):
        find_recipe("digit", directory)
    with pytest.raises(ValueError, match="There are: digits, faces"):
        find_recipe("xyz", directory)
