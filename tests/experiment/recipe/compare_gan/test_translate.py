"""Gin files of Compare GAN are read in the names of this package."""

import re

import numpy as np
import pytest

from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from tests.experiment.recipe.compare_gan.theirs import CONDITIONAL, PLAIN, bound
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
    assert (settings.steps, settings.steps_per_epoch) == (8000, 500)
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
    assert (settings.steps, settings.steps_per_epoch) == (125_000, 1250)
    assert settings.standing_statistics_batches == 100
    assert bound(text, "num_classes") == "1000"
    assert bound(text, "S3GAN.ema_start_step") == "20000"
    assert bound(text, "S3GAN.predictor") == "'hard'"
    assert bound(text, "S3GAN.self_supervision") == "'rotation'"
    assert bound(text, "BigGANGenerator.attention_blocks") == "(4,)"
    assert "'unit_gain': False" in bound(text, "BigGANGenerator.normalization")
    assert bound(text, "discriminator/Adam.learning_rate") == "0.0005"


LSUN = {
    '"cifar10"': '"lsun-bedroom"',
    "resnet_cifar_arch": "resnet5_arch",
    "D.spectral_norm = True": "D.spectral_norm = False",
    "@non_saturating": "@wasserstein",
    "@no_penalty": "@wgangp_penalty\noptions.lamba = 10",
    "0.0002": "0.0001",
    "beta1 = 0.5": "beta1 = 0.5\ntf.train.AdamOptimizer.beta2 = 0.9",
}


LONGER = {"= 40000": "= 100000", "disc_iters = 5": "disc_iters = 1"}


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("resnet_cifar10", {}),
        ("resnet_lsun-bedroom128", LSUN),
        (
            "dcgan_celeba64",
            {
                **LONGER,
                '"cifar10"': '"celeb_a"',
                "resnet_cifar_arch": "dcgan_arch",
                "D.spectral_norm = True": "D.spectral_norm = False",
            },
        ),
        (
            "sndcgan_celebahq128",
            {
                **LONGER,
                '"cifar10"': '"celeb_a_hq_128"',
                "resnet_cifar_arch": "sndcgan_arch",
            },
        ),
    ],
)
def test_recipes_of_ours_are_the_examples_of_theirs(name, changes, tmp_path):
    text = PLAIN
    for old, new in changes.items():
        assert old in text
        text = text.replace(old, new)
    theirs, ours = resolved(text, tmp_path), resolve_recipe(name)
    # Gin keeps macros; what is built is the same.
    assert ours.settings.generator().get_config() == (
        resolved(text, tmp_path).settings.generator().get_config()
    )
    assert differences(_without_macros(theirs.text), _without_macros(ours.text)) == []


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
    ],
)
def test_what_cannot_be_translated_is_named(old, new, message):
    assert old in PLAIN
    with pytest.raises(ValueError, match=re.escape(message)):
        translate(PLAIN.replace(old, new))


def test_other_gin_files_are_not_of_compare_gan():
    assert is_compare_gan(PLAIN)
    assert not is_compare_gan('train.source = "mnist5k"\n# dataset.name\n')
