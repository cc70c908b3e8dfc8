import sys

import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe

RECIPE = "s3gan_co_mnist5k"


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


def test_the_binding_of_an_included_file_is_replaced_below(tmp_path):
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "sizes.gin").write_text("base_channels = 4\n")
    path = tmp_path / "mine.gin"
    path.write_text(f"include '{RECIPE}.gin'\ninclude 'parts/sizes.gin'\n")
    assert "base_channels = 4" in resolve_recipe(path).text
    path.write_text(f"include 'parts/sizes.gin'\ninclude '{RECIPE}.gin'\n")
    assert "base_channels = 32" in resolve_recipe(path).text


@pytest.mark.parametrize(
    "name",
    ["../other.gin", "parts/../../other.gin", "{folder}/other.gin", "link.gin"]
    + [r"..\\other.gin", r"C:\\other.gin", r"\\other.gin"],
)
def test_an_include_stays_in_its_folder(name, tmp_path):
    folder = tmp_path / "folder"
    (folder / "parts").mkdir(parents=True)
    (tmp_path / "other.gin").write_text("train.steps = 1\n")
    (folder / "link.gin").symlink_to(tmp_path / "other.gin")
    name = name.format(folder=tmp_path)
    path = folder / "mine.gin"
    path.write_text(f"include '{RECIPE}.gin'\ninclude '{name}'\n")
    with pytest.raises(ValueError, match="may include files of its own folder"):
        resolve_recipe(path)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("import colorsys", "imports nothing"),
        ("from __gin__ import dynamic_registration", "imports nothing"),
        ("train.model = @x/singleton()", "cannot name @singleton"),
        ("singleton.constructor = @S3GAN", "cannot name singleton"),
        ("train.model = @gin.constant()", "cannot name @gin.constant"),
        ("macro.value = 3", "cannot name macro"),
        ("train.steps = %gin.REQUIRED", "%gin.REQUIRED is a constant of Gin"),
        ("train.model = @S3GN", "cannot name @S3GN. Did you mean: @S3GAN, "),
        ("train.model = @colorsys.rgb_to_hsv()", "cannot name @colorsys.rgb_to_hsv"),
        ("Adm.beta_1 = 3", "cannot name Adm. Did you mean: Adam"),
        ("train.stepz = 3", "train has no parameter 'stepz'. Did you mean: steps"),
        ("clustering.images = 3", "clustering gets its images from the run."),
    ],
)
def test_all_ways_in_refuse_alike(line, message, tmp_path):
    before = set(sys.modules)
    inner, outer = tmp_path / "inner.gin", tmp_path / "outer.gin"
    inner.write_text(f"include '{RECIPE}.gin'\n{line}\n")
    outer.write_text("include 'inner.gin'\n")
    stored = tmp_path / "recipe.gin"
    stored.write_text(f"{line}\n{resolve_recipe(RECIPE).text}")
    for arguments in ((inner,), (outer,), (stored, (), None, True), (RECIPE, [line])):
        with pytest.raises(ValueError) as error:
            resolve_recipe(*arguments)
        assert message in str(error.value)
        assert "\n" not in str(error.value)
    assert "colorsys" not in set(sys.modules) - before


def test_what_is_refused_leaves_the_recipe_before():
    settings = resolve_recipe(RECIPE, ["S3GAN.discriminator_steps = 5"]).settings
    with pytest.raises(ValueError, match="imports nothing"):
        resolve_recipe(RECIPE, ["S3GAN.discriminator_steps = 4\nimport colorsys"])
    bound = {"generator": settings.generator(), "discriminator": None}
    bound["discriminator"] = settings.discriminator()
    assert settings.model(**bound, seed=0).discriminator_steps == 5


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "recipe.gin"
    path.write_bytes(b"train.steps = \xff\n")
    with pytest.raises(ValueError, match="recipe.gin is not text in UTF-8"):
        resolve_recipe(path)
