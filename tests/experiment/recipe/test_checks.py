import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.metrics.features import model_extractor
from tests.once import once

pytestmark = once("Gin and Python alone")

RECIPE = "s3gan_co_mnist5k"
INCLUDE = f'include "{RECIPE}.gin"\n'
UNUSED = [
    ("genrator/Adam.learning_rate = 1", "mean: generator/Adam.learning_rate, "),
    ("generator/inner/Adam.learning_rate = 1", "mean: generator/Adam.learning_rate, "),
    ("pseudo_labeling/AdamW.beta_1 = 1", "mean: pseudo_labelling/AdamW.beta_1, "),
    ("AdaM.beta_1 = 1", "cannot name AdaM. Did you mean: Adam, AdamW?"),
    ("SGD.learning_rate = 1", "uses SGD.learning_rate. Did you mean: Adam.learning_r"),
    ("BigGANGenerator.base_channels = 1", "Did you mean: SmallGenerator.base_chan"),
    ("GradientPenalty.one_sided = True", "uses GradientPenalty.one_sided."),
    ("base_chanels = 4", "no macro 'base_chanels'. Did you mean: base_channels"),
    ("x = 4", "no macro 'x'. It uses: base_channels, channels, image_size, latent_d"),
]


def refused(message, *arguments):
    with pytest.raises(ValueError) as error:
        resolve_recipe(*arguments)
    assert message in str(error.value)


def recipe(folder, text, name="mine"):
    path = folder / f"{name}.gin"
    path.write_text(text)
    return path


@pytest.mark.parametrize(("line", "message"), UNUSED)
def test_a_binding_that_nothing_uses_proposes_names(line, message, tmp_path):
    refused(message, RECIPE, [line])
    refused(message, recipe(tmp_path, f"{INCLUDE}{line}\n"))


def test_only_what_is_included_may_wait_to_be_chosen(tmp_path):
    # The methods of a data set share a file that prepares all of them.
    resolve_recipe(RECIPE, ["semi_supervised.steps = 3"])
    path = recipe(tmp_path, f"{INCLUDE}linear.steps = 3\nx = 4\n")
    refused("uses linear.steps", path)
    resolve_recipe(recipe(tmp_path, 'include "mine.gin"\n', "other"))


def test_an_included_scope_must_be_entered(tmp_path):
    recipe(tmp_path, f"{INCLUDE}genrator/Adam.beta_1 = 0.1\n")
    path = recipe(tmp_path, 'include "mine.gin"\n', "other")
    refused("recipe mine.gin: nothing in the recipe uses genrator/Adam.beta_1", path)


def test_another_optimizer_leaves_the_included_settings_of_the_first(tmp_path):
    chosen = "train.generator_optimizer = @AdamW\n"
    resolve_recipe(RECIPE, [chosen])
    resolve_recipe(recipe(tmp_path, INCLUDE + chosen))
    # What the file binds itself was used until the command line changed it.
    path = recipe(tmp_path, f"{INCLUDE}generator/Adam.beta_1 = 0.2\n")
    resolve_recipe(path, [chosen])
    refused("uses generator/Adam.beta_2", path, [chosen, "generator/Adam.beta_2 = 0"])


def test_a_scope_reaches_what_is_called_in_it():
    scoped = ["train.pseudo_labelling = @short/semi_supervised"]
    for name, value in (("semi_supervised.steps", 3), ("ResNetV2Encoder.momentum", 0)):
        text = resolve_recipe(RECIPE, [*scoped, f"short/{name} = {value}"]).text
        assert f"short/{name} = {value}" in text


def test_included_names_are_checked_though_they_wait(tmp_path):
    recipe(tmp_path, f"{INCLUDE}ResNetV2Encoder.momentun = 0.5\n")
    path = recipe(tmp_path, 'include "mine.gin"\n', "other")
    refused("ResNetV2Encoder has no parameter 'momentun'. Did you mean: mom", path)


def test_a_stored_recipe_may_have_what_was_accepted_before(tmp_path):
    text = resolve_recipe(RECIPE).text + "\ngenrator/Adam.learning_rate = 1\n"
    path = recipe(tmp_path, text)
    refused("generator/Adam.learning_rate", path)
    assert resolve_recipe(path, stored=True).settings.steps == 2000


@pytest.mark.parametrize(
    "lines",
    [
        "base_channels = %base_channels",
        "base_channels = [%x]\nx = {'a': (%y,)}\ny = %base_channels",
    ],
)
def test_macros_that_refer_to_themselves_are_refused(lines):
    resolve_recipe(RECIPE, ["base_channels = %channels", "channels = 3"])
    refused("refers to itself", RECIPE, [lines])


@pytest.mark.parametrize(
    "lines",
    [
        ["train.extractor = @load_model_extractor()"],
        ["train.extractor = %x", "x = @load_model_extractor()"],
        ["train.extractor = [%x]", "x = {'a': %y}", "y = @load_model_extractor()"],
    ],
)
def test_nothing_is_called_when_settings_are_read(lines, monkeypatch, tmp_path):
    def called(*args, **kwargs):
        pytest.fail("it was called")

    monkeypatch.setattr(model_extractor.keras.saving, "load_model", called)
    settings = [*lines, 'load_model_extractor.path = "model.keras"']
    text = "\n".join([INCLUDE, *settings])
    for arguments in ((RECIPE, ["\n".join(settings)]), (recipe(tmp_path, text),)):
        refused("train.extractor must be a reference like @Name", *arguments)
