import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe

RECIPE = "s3gan_co_mnist5k"


def refused(binding, *words):
    with pytest.raises(ValueError) as error:
        resolve_recipe(RECIPE, [binding])
    for word in words:
        assert word in str(error.value)


def test_includes_are_found_beside_the_recipe_and_in_the_package(tmp_path):
    (tmp_path / "mine.gin").write_text(
        "include 's3gan_co_mnist5k.gin'\ninclude 'base/small.gin'\n"
        "include 'part.gin'\n"
        "train.steps = 20\ntrain.steps_per_epoch = 10\n"
    )
    (tmp_path / "part.gin").write_text("base_channels = 4\n")
    resolved = resolve_recipe(tmp_path / "mine.gin")
    assert resolved.name == "mine"
    assert resolved.settings.steps == 20
    assert "base_channels = 4" in resolved.text


@pytest.mark.parametrize(
    "text, message",
    [
        ("include 'nowhere.gin'", "includes a missing 'nowhere.gin'"),
        ("include 'recipe.gin'", "includes itself"),
        ("train.steps = 1", "does not bind train.source"),
        (
            "include 's3gan_co_mnist5k_biggan.gin'\ntrain.pseudo_labelling = @linear",
            "does not bind linear.encoder, linear.optimizer",
        ),
        (
            "include 's3gan_co_mnist5k_biggan.gin'\n"
            "train.pseudo_labelling = @from_file",
            "does not bind from_file.path",
        ),
        (
            "include 's3gan_co_mnist5k_biggan.gin'\ntrain.source = 5",
            "train.source must be a string.*Received: train.source=5",
        ),
        ("train.steps = 1\ntrain.source = x", "'train.source = x'"),
        ("train.source = %images", "uses %images, which has no value"),
    ],
)
def test_bad_recipe_files(tmp_path, text, message):
    path = tmp_path / "recipe.gin"
    path.write_text(text + "\n")
    with pytest.raises(ValueError, match=message):
        resolve_recipe(path)


def test_what_is_no_value_is_refused():
    refused("train.source = mnist5k", "train.source = mnist5k", "quotes")
    refused("train.steps = (", "train.steps = (")
    refused("train.steps", "name = value")
