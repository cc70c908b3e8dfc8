"""Models of Compare GAN."""

import ast

import keras
import pytest
from keras import ops

from keras_s3gan import penalties
from keras_s3gan.experiment.recipe.compare_gan import translate
from keras_s3gan.networks import Discriminator
from tests import golden
from tests.compare_gan import model_range
from tests.experiment.recipe.compare_gan.theirs import (
    CONDITIONAL,
    PLAIN,
    PROJECTED,
    bound,
)
from tests.once import once
from tests.penalties import discriminators
from tests.tolerance import assert_close

pytestmark = once("Gin and Python, and penalties that have their own tests on each")


def test_a_gradient_penalty_is_that_of_images_in_the_unit_range():
    text = PLAIN.replace("@no_penalty", "@wgangp_penalty") + "options.lamba = 10\n"
    ours = translate(text)
    assert bound(ours, "GAN.penalty_weight") == "40.0"
    assert "'target': 0.5" in bound(ours, "GAN.penalty")
    ours = translate(PLAIN.replace("@no_penalty", "@l2_penalty"))
    assert bound(ours, "GAN.penalty_weight") == "1"


@pytest.mark.parametrize(
    ("name", "drawn"), [("dragan", "dragan_uniform"), ("wgangp", "wgangp_alpha")]
)
def test_a_translated_penalty_has_the_value_that_it_had_there(name, drawn, monkeypatch):
    """On images in [-1, 1] of a discriminator that sees them in [0, 1]."""
    arrays = golden.load("item2_penalties.npz")
    trunk = discriminators.original().model
    for weight, key in zip(
        trunk.weights,
        [f"{layer}/{part}" for layer in ("c1", "c2", "fc") for part in PARTS],
        strict=True,
    ):
        weight.assign(arrays[f"var/discriminator/{key}"])
    logits = trunk.outputs[0]
    discriminator = Discriminator(
        keras.Model(trunk.inputs, [logits, logits]), image_range=(0.0, 1.0)
    )
    real, fake = (model_range(arrays[key]) for key in ("x", "x_fake"))
    assert_close(discriminator(real)[0], arrays["logits_real"])

    ours = translate(PLAIN.replace("@no_penalty", f"@{name}_penalty"))
    penalty = penalties.get(ast.literal_eval(bound(ours, "GAN.penalty")))
    weight = float(bound(ours, "GAN.penalty_weight"))
    draws = ops.convert_to_tensor(arrays[drawn])
    monkeypatch.setattr(keras.random, "uniform", lambda shape, seed: draws)
    assert_close(
        weight * penalty(discriminator, real, fake), arrays[f"{name}/penalty"], 1e-5
    )


PARTS = ("kernel", "bias")
ARCHITECTURE = "resnet_biggan.Discriminator.project_y"


@pytest.mark.parametrize(
    ("line", "both"),
    [
        (f"{ARCHITECTURE} = False\n", False),
        (f"{ARCHITECTURE} = True\n", True),
        ("", True),
    ],
    ids=["off", "on", "silent"],
)
def test_s3gan_has_its_own_projection_and_the_architectures(line, both):
    """A file that is silent about BigGAN's own projection of given labels has it."""
    text = CONDITIONAL.replace(f"{ARCHITECTURE} = False\n", line)
    assert bound(translate(text), "S3GAN.project_given_labels") == str(both)


def test_s3gan_with_the_architectures_projection_alone():
    text = CONDITIONAL.replace("S3GAN.project_y = True\n", "").replace(
        "S3GAN.use_predictor = True\n", ""
    )
    ours = translate(text.replace(f"{ARCHITECTURE} = False\n", ""))
    assert bound(ours, "S3GAN.project_given_labels") == "False"
    assert bound(ours, "S3GAN.predictor") == "None"
    with pytest.raises(ValueError, match="project_y = False"):
        translate(text)


@pytest.mark.parametrize("model", ["ModularGAN", "SSGAN"])
def test_other_models_have_the_architectures_projection_alone(model):
    text = PLAIN.replace("@GPUModularGAN", f"@{model}") + PROJECTED
    if model == "SSGAN":
        text += "SSGAN.rotated_batch_size = 16\n"
    ours = translate(text)
    assert "project" not in ours
    assert bound(ours, "num_classes") == "10"
    with pytest.raises(ValueError, match="project_y = False"):
        translate(text.replace("project_y = True", "project_y = False"))


def test_ssgan():
    text = PLAIN.replace("@GPUModularGAN", "@SSGAN") + "SSGAN.rotated_batch_size = 16\n"
    ours = translate(text)
    assert bound(ours, "train.model") == "@SSGAN"
    assert bound(ours, "SSGAN.rotated_batch_size") == "16"
    assert bound(ours, "SSGAN.weight_rotation_loss_generator") == "0.2"
