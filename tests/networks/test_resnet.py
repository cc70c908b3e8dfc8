"""The residual networks: the original's forward passes and gradients."""

import pytest

from keras_s3gan.networks import ResNetDiscriminator, ResNetGenerator
from tests import golden
from tests.compare_gan import (
    Naming,
    check_discriminator,
    check_generator_inference,
    check_generator_training,
)

# What the original does and this package offers by argument.
SPECTRAL = {"scheme": "spectral", "side": "left", "iterate_at_inference": True}
UP = ("up",) * 3
LINEAR = {"last_linear": "disc_final_fc"}
GENERATORS = {
    # A relu of it is given 5e-7, which float32 may round to the other side of zero:
    # then gradients change by some 1e-4. In float64 they agree to 2e-7.
    "resnet_cifar": ({}, UP, 1e-3),
    "resnet5_32_tiny": (
        {"base_channels": 4, "latent_dim": 16},
        (*UP, None, None),
        1e-4,
    ),
}
DISCRIMINATORS = {
    "resnet_cifar": (
        {"kernel_normalization": SPECTRAL},
        Naming("discriminator", ("down", "down", None, None), **LINEAR),
    ),
    "resnet5_32_tiny": (
        {"base_channels": 4, "normalization": "layer", "kernel_normalization": None},
        Naming("discriminator", ("down",) * 6, 0, "ln", **LINEAR),
    ),
}


def load(case):
    arrays = golden.load(f"item5_{case}.npz")
    if case == "resnet_cifar":
        arrays |= golden.load(f"item5_{case}_weights.npz")
    return arrays


@pytest.mark.parametrize("case", GENERATORS)
def test_generator_of_the_original(case):
    arrays = load(case)
    arguments, resamplings, of_gradients = GENERATORS[case]
    generator = ResNetGenerator(
        case.removesuffix("_32_tiny"), 32, upsampling="zero_insertion", **arguments
    )
    naming = Naming("generator", resamplings)
    check_generator_training(generator, arrays, naming, of_gradients)
    check_generator_inference(generator, arrays, naming)


@pytest.mark.parametrize("case", DISCRIMINATORS)
def test_discriminator_of_the_original(case):
    arguments, naming = DISCRIMINATORS[case]
    discriminator = ResNetDiscriminator(
        case.removesuffix("_32_tiny"), 32, image_range=(0.0, 1.0), **arguments
    )
    check_discriminator(discriminator, load(case), naming)
