import pytest

from keras_s3gan.experiment.recipe.resolve import differences, resolve_recipe

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


def test_resolved_text_writes_out_defaults():
    text = resolve_recipe(RECIPE).text
    for binding in (
        "S3GAN.weight_rotation_loss_generator = 0.2",
        "generator/Adam.epsilon = 1e-07",
        "train.dtype_policy = 'float32'",
    ):
        assert binding in text


def test_scopes_tell_the_optimizers_apart():
    settings = resolve_recipe(f"{RECIPE}_biggan").settings
    generator, discriminator = (
        settings.generator_optimizer(),
        settings.discriminator_optimizer(),
    )
    assert float(generator.learning_rate) == pytest.approx(2e-4)
    assert float(discriminator.learning_rate) == pytest.approx(4e-4)
    assert generator.beta_1 == discriminator.beta_1 == 0.0


def test_full_recipe_is_only_longer():
    demo, full = resolve_recipe("demo_mnist5k"), resolve_recipe(f"{RECIPE}_full")
    changed = {line.split()[0] for line in differences(demo.text, full.text)}
    assert changed == {"S3GAN.ema_decay", "train.steps", "train.steps_per_epoch"}


def test_the_demo_is_only_quicker():
    demo = resolve_recipe("demo_mnist5k")
    changed = {
        line.split()[0] for line in differences(resolve_recipe(RECIPE).text, demo.text)
    }
    assert changed == {"S3GAN.discriminator_steps"}


def test_nothing_is_left_of_the_recipe_before():
    resolve_recipe(RECIPE, ["S3GAN.discriminator_steps = 5"])
    assert "S3GAN.discriminator_steps = 2" in resolve_recipe(RECIPE).text


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
            "include 's3gan_co_mnist5k_biggan.gin'\ntrain.label_stage = @linear",
            "does not bind linear.encoder, linear.optimizer",
        ),
        (
            "include 's3gan_co_mnist5k_biggan.gin'\ntrain.label_stage = @from_file",
            "does not bind from_file.path",
        ),
        (
            "include 's3gan_co_mnist5k_biggan.gin'\ntrain.source = 5",
            "train.source must be a string.*Received: train.source=5",
        ),
        ("train.steps = 1\ntrain.source = x", "'train.source = x'"),
        ("train.source = %images", "uses %images without value"),
    ],
)
def test_bad_recipe_files(tmp_path, text, message):
    path = tmp_path / "recipe.gin"
    path.write_text(text + "\n")
    with pytest.raises(ValueError, match=message):
        resolve_recipe(path)


def test_unknown_names_are_refused_with_close_ones():
    refused("train.stepz = 3", "train.stepz", "stepz")
    refused("Nothing.steps = 3", "Nothing")
    refused("train.model = @Nothing", "@Nothing")
    refused("image_sise = 64", "no macro 'image_sise'", "image_size")
    refused("generator/Adam.learning_rat = 1", "learning_rate")


def test_what_is_no_value_is_refused():
    refused("train.source = mnist5k", "train.source = mnist5k", "quotes")
    refused("train.steps = (", "train.steps = (")
    refused("train.steps", "name = value")


def test_what_a_run_decides_cannot_be_bound():
    refused("S3GAN.seed = 3", "bind train.seed instead")
    refused("train.generator = @SmallGenerator()", "without ()")
    refused("train.generator_optimizer = @generator/Adam()", "without ()")


@pytest.mark.parametrize(
    "binding, message",
    [
        ("train.batch_size = 0", "Received: train.batch_size=0"),
        ("train.steps = 10.5", "Received: train.steps=10.5"),
        (
            "train.steps = 10\ntrain.steps_per_epoch = 7",
            "multiple of train.steps_per_epoch",
        ),
        ("train.label_fraction = -0.1", "Received: train.label_fraction=-0.1"),
        ("train.seed = -1", "Received: train.seed=-1"),
    ],
)
def test_settings_out_of_range(binding, message):
    refused(binding, message)


def test_differences_name_both_values():
    stored = "a.b = 1\na.c = \\\n    [1,\n     2]\n# a.d = 3\n"
    assert differences(stored, stored.replace("# a.d = 3", "# comment")) == []
    assert differences(stored, "a.b = 2\na.c = [1, 2]\na.e = 4\n") == [
        "a.b is 1 there, 2 here",
        "a.e is not bound there, 4 here",
    ]
