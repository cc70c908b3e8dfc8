"""Gin files of Compare GAN are read in the names of this package."""

import re

import numpy as np
import pytest

from keras_s3gan.data import ArraySource
from keras_s3gan.experiment.recipe.compare_gan import is_compare_gan, translate
from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.training_labels import training_labels
from tests.once import once

# Gin and Python alone.
pytestmark = once

PLAIN = """
dataset.name = "cifar10"
options.architecture = "resnet_cifar_arch"
options.batch_size = 64
options.gan_class = @GPUModularGAN
options.training_steps = 40000
options.disc_iters = 5
G.batch_norm_fn = @batch_norm
standardize_batch.decay = 0.9
standardize_batch.epsilon = 1e-5
D.spectral_norm = True
loss.fn = @non_saturating
penalty.fn = @no_penalty
ModularGAN.g_lr = 0.0002
ModularGAN.g_optimizer_fn = @tf.train.AdamOptimizer
tf.train.AdamOptimizer.beta1 = 0.5
"""
PROJECTED = """
ModularGAN.conditional = True
resnet_cifar.Discriminator.project_y = True
"""
NO_LABELS = "train.label_fraction = 0.0"
CONDITIONAL = """
dataset.name = "imagenet_128"
options.z_dim = 120
options.architecture = "resnet_biggan_arch"
ModularGAN.conditional = True
options.batch_size = 2048
options.gan_class = @S3GAN
options.training_steps = 250000
options.disc_iters = 2
weights.initializer = "orthogonal"
spectral_norm.singular_value = "auto"
G.batch_norm_fn = @conditional_batch_norm
G.spectral_norm = True
D.spectral_norm = True
ModularGAN.g_use_ema = True
resnet_biggan.Discriminator.project_y = False
standardize_batch.use_moving_averages = False
loss.fn = @hinge
ModularGAN.g_lr = 0.0001
ModularGAN.d_lr = 0.0005
tf.train.AdamOptimizer.beta1 = 0.0
z.distribution_fn = @tf.random.normal
eval_z.distribution_fn = @tf.random.normal
run_config.iterations_per_loop = 500
run_config.save_checkpoints_steps = 2500
S3GAN.rotated_batch_fraction = 2
S3GAN.project_y = True
S3GAN.use_predictor = True
"""


def resolved(text, tmp_path):
    path = tmp_path / "theirs.gin"
    path.write_text(text)
    return resolve_recipe(path)


def bound(text, name):
    joined = re.sub(r"\\\n\s*|\n[ \t]+", " ", text)
    return re.search(rf"^{re.escape(name)} = (.*)$", joined, re.MULTILINE)[1]


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


def test_a_gradient_penalty_is_that_of_images_in_the_unit_range():
    text = PLAIN.replace("@no_penalty", "@wgangp_penalty") + "options.lamba = 10\n"
    ours = translate(text)
    assert bound(ours, "GAN.penalty_weight") == "40.0"
    assert "'target': 0.5" in bound(ours, "GAN.penalty")
    ours = translate(PLAIN.replace("@no_penalty", "@l2_penalty"))
    assert bound(ours, "GAN.penalty_weight") == "1"


@pytest.mark.parametrize(
    ("name", "bindings"),
    [
        ("labeled_only_cifar10", {"train.labelled_only = True"}),
        ("random_class_cifar10", {"train.pseudo_labelling = @random_label", NO_LABELS}),
        ("single_class_cifar10", {"train.pseudo_labelling = @single_label", NO_LABELS}),
    ],
)
def test_variants_of_a_data_set(name, bindings, tmp_path):
    text = PLAIN.replace('"cifar10"', f'"{name}"') + PROJECTED
    ours = translate(text)
    assert bound(ours, "train.source") == "'cifar10'"
    assert bindings <= set(ours.splitlines())
    # The labels are those that the networks are built for.
    classes = int(re.search("^num_classes = (.*)$", ours, re.MULTILINE)[1])
    assert label_counts(text, classes, tmp_path)[classes - 1] > 0


@pytest.mark.parametrize("prefix", ["labeled_only_", "random_class_", "single_class_"])
def test_without_classes_variants_of_labels_change_nothing(prefix, tmp_path):
    text = PLAIN.replace('"cifar10"', f'"{prefix}cifar10"')
    assert translate(text) == translate(PLAIN)


def label_counts(text, num_classes, tmp_path):
    """How often a run would see each class of a set of twenty images."""
    path = tmp_path / "theirs.gin"
    path.write_text(text)
    source = ArraySource(np.zeros((20, 32, 32, 3), "uint8"), np.arange(20) % 10)
    seen = training_labels(
        *(resolve_recipe(path), source, (32, 32, 3), num_classes),
        report=lambda line: None,
    )
    return np.bincount(seen.labels, minlength=num_classes)


def test_ssgan():
    text = PLAIN.replace("@GPUModularGAN", "@SSGAN") + "SSGAN.rotated_batch_size = 16\n"
    ours = translate(text)
    assert bound(ours, "train.model") == "@SSGAN"
    assert bound(ours, "SSGAN.rotated_batch_size") == "16"
    assert bound(ours, "SSGAN.weight_rotation_loss_generator") == "0.2"


def test_everything_without_counterpart_is_listed_at_once():
    extra = (
        "eval_z.distribution_fn = @tf.random.normal\n"
        "resnet_cifar.Generator.depth = 3\n"
        "ModularGAN.fit_label_distribution = True\n"
    )
    with pytest.raises(ValueError) as error:
        translate(PLAIN + extra)
    message = str(error.value)
    assert "\n" not in message
    for name in (
        "eval_z.distribution_fn = @tf.random.normal",
        "resnet_cifar.Generator.depth = 3",
        "ModularGAN.fit_label_distribution = True",
    ):
        assert name in message
    assert "options" not in message


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
        ("= 40000", "= (4", "no Gin file"),
        ("D.spec", "ModularGAN.conditional = True\nD.spec", "project_y = False"),
    ],
)
def test_what_cannot_be_told_is_named(old, new, message):
    assert old in PLAIN
    with pytest.raises(ValueError, match=re.escape(message)):
        translate(PLAIN.replace(old, new))


def test_other_gin_files_are_not_taken_for_theirs():
    assert is_compare_gan(PLAIN)
    assert not is_compare_gan('train.source = "mnist5k"\n# dataset.name\n')
