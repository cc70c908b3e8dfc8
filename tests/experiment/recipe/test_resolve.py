import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe

RECIPE = "s3gan_co_mnist5k"


def refused(binding, *words):
    with pytest.raises(ValueError) as error:
        resolve_recipe(RECIPE, [binding])
    for word in words:
        assert word in str(error.value)


def test_resolved_text_alone_resolves_to_itself(tmp_path):
    resolved = resolve_recipe(
        RECIPE, ["base_channels = 8", 'train.loss = "wasserstein"'], 3
    )
    path = tmp_path / "recipe.gin"
    path.write_text(resolved.text)
    again = resolve_recipe(path)
    assert again.text == resolved.text
    assert (again.settings.seed, again.settings.loss) == (3, "wasserstein")
    assert again.settings.generator().latent_dim == 64


@pytest.mark.parametrize(
    ("setting", "line"),
    [
        ("generator/Adam.clipnorm = 1e400", "generator/Adam.clipnorm = 1e999"),
        ("generator/Adam.clipnorm = -1e400", "generator/Adam.clipnorm = -1e999"),
        ("S3GAN.penalty = {'a': [1e400, (-1e400,)]}", "{'a': [1e999, (-1e999,)]}"),
        ("latent_dim = 1e400", "latent_dim = 1e999"),
        ("S3GAN.ema_decay = -0.0", "S3GAN.ema_decay = -0.0"),
        ("S3GAN.penalty = {1: b'a', 2.5: None}", "{1: b'a', 2.5: None}"),
        ("S3GAN.penalty = @LeCam()", "S3GAN.penalty = @LeCam()"),
    ],
)
def test_every_value_survives(setting, line, tmp_path):
    resolved = resolve_recipe(RECIPE, [setting])
    assert line in resolved.text
    path = tmp_path / "recipe.gin"
    path.write_text(resolved.text)
    assert resolve_recipe(path).text == resolved.text


def test_infinite_numbers_are_plain_where_they_are_used():
    settings = resolve_recipe(RECIPE, ["generator/Adam.clipnorm = 1e400"]).settings
    found = settings.generator_optimizer().clipnorm
    assert type(found) is float and found == float("inf")


def test_scopes_tell_the_optimizers_apart():
    settings = resolve_recipe(f"{RECIPE}_biggan").settings
    generator, discriminator = (
        settings.generator_optimizer(),
        settings.discriminator_optimizer(),
    )
    assert float(generator.learning_rate) == pytest.approx(2e-4)
    assert float(discriminator.learning_rate) == pytest.approx(4e-4)
    assert generator.beta_1 == discriminator.beta_1 == 0.0


def test_nothing_is_left_of_the_recipe_before():
    resolve_recipe(RECIPE, ["S3GAN.discriminator_steps = 5"])
    assert "S3GAN.discriminator_steps = 2" in resolve_recipe(RECIPE).text


def test_unknown_names_are_refused_with_close_ones():
    refused("train.stepz = 3", "train.stepz", "stepz")
    refused("Nothing.steps = 3", "Nothing")
    refused("train.model = @Nothing", "@Nothing")
    refused("image_sise = 64", "no macro 'image_sise'", "image_size")
    refused("generator/Adam.learning_rat = 1", "learning_rate")


def test_what_a_run_decides_cannot_be_bound():
    refused("S3GAN.seed = 3", "bind train.seed instead")
    refused("train.generator = @SmallGenerator()", "without ()")
    refused("train.generator_optimizer = @generator/Adam()", "without ()")
