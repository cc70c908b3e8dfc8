"""Gin files of Compare GAN are read in the names of this package."""

import re

import numpy as np
import pytest

from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from tests.experiment.recipe.compare_gan.theirs import (
    CONDITIONAL,
    EXAMPLES,
    PLAIN,
    UNCONDITIONAL_EXAMPLES,
    bound,
)
from tests.once import once

pytestmark = once("Gin and Python alone")


def resolved(text, tmp_path):
    path = tmp_path / "theirs.gin"
    path.write_text(text)
    return resolve_recipe(path)


def test_an_unconditional_recipe(tmp_path):
    recipe = resolved(PLAIN, tmp_path)
    settings, text = recipe.settings, recipe.text
    assert (settings.source, settings.batch_size) == ("cifar10", 64)
    assert (settings.steps, settings.steps_per_epoch) == (40_000, 500)
    assert settings.loss == "non_saturating"
    generator, discriminator = settings.generator(), settings.discriminator()
    # The counts of the golden table.
    counts = [
        sum(int(np.prod(v.shape)) for v in network.trainable_variables)
        for network in (generator, discriminator)
    ]
    assert counts == [5_849_603, 1_483_137]
    assert generator.num_classes is None
    assert bound(text, "GAN.latent_distribution") == "'uniform'"
    assert bound(text, "GAN.discriminator_steps") == "5"
    # No average is kept there: it is the generator itself.
    assert bound(text, "GAN.ema_decay") == "0.0"
    assert "'momentum': 0.9" in bound(text, "ResNetGenerator.normalization")
    assert bound(text, "ResNetGenerator.upsampling") == "'zero_insertion'"
    assert "'side': 'left'" in bound(text, "ResNetDiscriminator.kernel_normalization")
    for side in ("generator", "discriminator"):
        assert bound(text, f"{side}/Adam.learning_rate") == "0.0002"
    assert bound(text, "Adam.beta_1") == "0.5"
    assert bound(text, "Adam.epsilon") == "1e-08"


def test_a_conditional_recipe(tmp_path):
    recipe = resolved(CONDITIONAL, tmp_path)
    settings, text = recipe.settings, recipe.text
    assert (settings.steps, settings.steps_per_epoch) == (250_000, 2500)
    assert settings.standing_statistics_batches == 100
    assert bound(text, "num_classes") == "1000"
    assert bound(text, "S3GAN.ema_start_step") == "40000"
    assert bound(text, "S3GAN.predictor") == "'hard'"
    assert bound(text, "S3GAN.self_supervision") == "'rotation'"
    assert bound(text, "BigGANGenerator.attention_blocks") == "(4,)"
    assert "'unit_gain': False" in bound(text, "BigGANGenerator.normalization")
    assert bound(text, "discriminator/Adam.learning_rate") == "0.0005"


@pytest.mark.parametrize("name", UNCONDITIONAL_EXAMPLES)
def test_recipes_of_ours_are_the_examples_of_theirs(name, tmp_path):
    text = UNCONDITIONAL_EXAMPLES[name]
    theirs, ours = resolved(text, tmp_path), resolve_recipe(name)
    # Gin keeps macros; what is built is the same.
    assert ours.settings.generator().get_config() == (
        resolved(text, tmp_path).settings.generator().get_config()
    )
    assert differences(_without_macros(theirs.text), _without_macros(ours.text)) == []


# What each example says, and its code takes for updates of the GENERATOR: steps and the
# start of the average. Beside them the discriminator's updates for one of these.
@pytest.mark.parametrize(
    ("name", "steps", "start", "discriminator_steps"),
    [
        ("resnet_cifar10", 40_000, 0, 5),
        ("resnet_lsun-bedroom128", 40_000, 0, 5),
        ("dcgan_celeba64", 100_000, 0, 1),
        ("sndcgan_celebahq128", 100_000, 0, 1),
        ("biggan_imagenet128", 250_000, 40_000, 2),
    ],
)
def test_examples_count_updates_of_the_generator(
    name, steps, start, discriminator_steps, tmp_path
):
    assert f"options.training_steps = {steps}\n" in EXAMPLES[name]
    for recipe in (resolved(EXAMPLES[name], tmp_path), resolve_recipe(name)):
        model = recipe.settings.model.__name__
        assert recipe.settings.steps == steps
        assert bound(recipe.text, f"{model}.ema_start_step") == str(start)
        found = bound(recipe.text, f"{model}.discriminator_steps")
        assert found == str(discriminator_steps)


def test_checkpoints_and_the_average_count_updates_of_the_generator(tmp_path):
    text = EXAMPLES["biggan_imagenet128"] + "ModularGAN.ema_start_step = 7\n"
    recipe = resolved(text, tmp_path)
    assert recipe.settings.steps_per_epoch == 2500
    assert bound(recipe.text, "GAN.ema_start_step") == "7"


def test_the_images_and_labels_of_the_examples_reach_the_discriminator_as_theirs():
    for name, text in EXAMPLES.items():
        ours = translate(text)
        (prefix,) = re.findall(r"^train.discriminator = @(\w+)$", ours, re.MULTILINE)
        # SN-DCGAN's converts them to [-1, 1].
        seen = re.findall(rf"^{prefix}.image_range = (.*)$", ours, re.MULTILINE)
        assert seen == ([] if name == "sndcgan_celebahq128" else ["(0.0, 1.0)"])
        classes = 1000 if name == "biggan_imagenet128" else None
        assert bound(ours, "num_classes") == str(classes)


def _without_macros(text):
    """The text with the value of each macro in the place of its name."""
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    macros = dict(re.findall(r"^(\w+) = (.*)$", joined, re.MULTILINE))
    lines = [
        line for line in joined.splitlines() if line.partition(" ")[0] not in macros
    ]
    return re.sub(r"%(\w+)", lambda match: macros[match[1]], "\n".join(lines))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"cifar10"', '"cifar11"', "dataset.name='cifar11'"),
        ('"resnet_cifar_arch"', '"resnet6_arch"', "architecture='resnet6_arch'"),
        ("@GPUModularGAN", "@CycleGAN", "gan_class=@CycleGAN"),
        ("@no_penalty", "@r1_penalty", "penalty.fn=@r1_penalty"),
        ("@non_saturating", "@logistic", "loss.fn=@logistic"),
        ("@batch_norm", "@group_norm", "G.batch_norm_fn=@group_norm"),
        ("@tf.train.AdamOptimizer", "@tf.train.FtrlOptimizer", "FtrlOptimizer"),
        ("options.batch_size = 64", "", "must bind options.batch_size"),
        ("= 40000", "= %steps", "Macros"),
        ("= 40000", "= (4", "not a valid Gin file"),
        ("D.spec", "ModularGAN.conditional = True\nD.spec", "project_y = False"),
        (
            "@GPUModularGAN",
            "@S3GAN\nS3GAN.rotated_batch_fraction = 2\nS3GAN.use_predictor = True",
            "S3GAN.use_predictor = True, S3GAN.project_y = False",
        ),
    ],
)
def test_what_cannot_be_translated_is_named(old, new, message):
    assert old in PLAIN
    with pytest.raises(ValueError, match=re.escape(message)):
        translate(PLAIN.replace(old, new))


def test_other_gin_files_are_not_of_compare_gan():
    assert is_compare_gan(PLAIN)
    assert not is_compare_gan('train.source = "mnist5k"\n# dataset.name\n')
