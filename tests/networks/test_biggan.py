"""BigGAN: the original's forward passes and gradients, habits."""

import numpy as np
import pytest

from keras_s3gan import backend
from keras_s3gan.layers import BatchNormalization
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator
from tests import compare_gan, golden
from tests.tolerance import assert_close

# What the original does and this package offers by argument.
ORIGINAL = {"scheme": "spectral", "iterate_at_inference": True}
TINY_GENERATOR = {
    "image_size": 32,
    "num_classes": 10,
    "latent_dim": 16,
    "base_channels": 8,
    "attention_blocks": (2,),
    "upsampling": "zero_insertion",
    "normalization": {"scheme": "conditional_batch", "unit_gain": False},
    "kernel_normalization": ORIGINAL,
}
TINY_DISCRIMINATOR = {
    "image_size": 32,
    "num_classes": 10,
    "base_channels": 8,
    "attention_blocks": (1,),
    "identity_shortcut": False,
    "image_range": (0.0, 1.0),
    "kernel_normalization": ORIGINAL,
}


def test_generator_of_the_original():
    arrays = golden.load("item5_biggan32_tiny.npz")
    generator = BigGANGenerator(**TINY_GENERATOR)
    compare_gan.check_generator_training(generator, arrays, compare_gan.GENERATOR)

    layers = [
        layer
        for layer in generator._flatten_layers()
        if isinstance(layer, BatchNormalization)
    ]
    assert len(layers) == 7
    for layer in layers:
        layer.accumulates = True
    infer = backend.compiled(
        lambda latents, rows: compare_gan.unit_range(generator([latents, rows])),
        generator.variables,
    )
    for run in range(3):
        rows = np.eye(10, dtype="float32")[arrays["accumulate_labels"][run]]
        images = infer(arrays["accumulate_z"][run], rows)
        assert_close(images, arrays[f"G_accumulate_{run + 1}"], name=f"run {run}")
    for layer in layers:
        layer.accumulates = False
    compare_gan.check_generator_inference(generator, arrays, compare_gan.GENERATOR)


def test_discriminator_of_the_original():
    arrays = golden.load("item5_biggan32_tiny.npz")
    discriminator = BigGANDiscriminator(**TINY_DISCRIMINATOR)
    # Its gradients differ from those in float64 by as much.
    compare_gan.check_discriminator(
        discriminator, arrays, compare_gan.DISCRIMINATOR, relative=4e-4
    )


@pytest.mark.parametrize(
    ("network", "kwargs", "message"),
    [
        (BigGANGenerator, {"image_size": 48}, "image_size=48"),
        (BigGANDiscriminator, {"image_size": 48}, "image_size=48"),
        (BigGANGenerator, {"image_size": 32, "latent_dim": 30}, "latent_dim=30"),
        (BigGANGenerator, {"image_size": 32, "attention_blocks": [4]}, "blocks=4"),
        (BigGANDiscriminator, {"image_size": 32, "attention_blocks": [0]}, "blocks=0"),
    ],
)
def test_wrong_arguments_are_named(network, kwargs, message):
    with pytest.raises(ValueError, match=message):
        network(**kwargs)
