"""Blocks and networks keep the promises of a Keras layer."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.networks import (
    BigGANDiscriminator,
    BigGANGenerator,
    BottleneckBlock,
    ResidualBlock,
    SmallDiscriminator,
    SmallGenerator,
)
from tests.harness import check_layer

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 4, 4, 3)).astype("float32")
CONDITION = RANDOM.standard_normal((4, 5)).astype("float32")
ROWS = np.eye(3, dtype="float32")[[0, 1, 2, 1]]


@pytest.mark.parametrize("block", [ResidualBlock, BottleneckBlock])
@pytest.mark.parametrize("upsampling", ["nearest", "zero_insertion"])
def test_conditional_block_that_goes_up(block, upsampling):
    bottleneck = block is BottleneckBlock
    images = np.concatenate([IMAGES] * 4, axis=-1) if bottleneck else IMAGES
    check_layer(
        lambda **kwargs: block(
            8,
            "up",
            "conditional_batch",
            upsampling=upsampling,
            kernel_normalization="spectral",
            **kwargs,
        ),
        (images, CONDITION),
        trainable=16 if bottleneck else 10,
        # A bias in front of a batch normalization moves nothing.
        unmoved=tuple(
            f"convolution_{n}/bias" for n in (1, 2, 3)[: 3 if bottleneck else 1]
        ),
    )


@pytest.mark.parametrize(
    ("filters", "kwargs", "trainable"),
    [
        (6, {"resampling": "down"}, 6),
        (3, {"shortcut": "identity"}, 4),
        (3, {"shortcut": "none", "normalization": "layer"}, 8),
        (6, {"shortcut_kernel_size": 3, "resampling": "down"}, 6),
    ],
)
def test_block_without_condition(filters, kwargs, trainable):
    check_layer(
        lambda **others: ResidualBlock(
            filters, kernel_normalization="spectral", **kwargs, **others
        ),
        IMAGES,
        trainable=trainable,
    )


def test_bottleneck_that_adds_channels():
    check_layer(
        lambda **kwargs: BottleneckBlock(8, "down", **kwargs), IMAGES, trainable=10
    )


def test_wrong_arguments_of_a_block_are_named():
    for kwargs in ({"resampling": "sideways"}, {"shortcut": "long"}):
        ((name, value),) = kwargs.items()
        with pytest.raises(ValueError, match=f"{name}={value}"):
            ResidualBlock(4, **kwargs)
    with pytest.raises(ValueError, match="normalization=batched"):
        ResidualBlock(4, normalization="batched")
    with pytest.raises(ValueError, match="condition=None"):
        ResidualBlock(4, normalization="conditional_batch")(IMAGES)


def shapes(network, *inputs):
    outputs = network(*inputs)
    outputs = outputs if isinstance(outputs, (tuple, list)) else [outputs]
    return [tuple(output.shape) for output in outputs]


@pytest.mark.parametrize("num_classes", [None, 3])
@pytest.mark.parametrize(
    "make",
    [
        lambda **kwargs: BigGANGenerator(32, latent_dim=8, base_channels=2, **kwargs),
        lambda **kwargs: BigGANGenerator(
            32,
            latent_dim=7,
            base_channels=2,
            hierarchical_latent=False,
            normalization="self_modulated_batch",
            **kwargs,
        ),
        lambda **kwargs: BigGANGenerator(
            32, latent_dim=8, base_channels=2, embedding_dim=0, **kwargs
        ),
        lambda **kwargs: SmallGenerator(16, latent_dim=8, base_channels=2, **kwargs),
    ],
)
def test_generators_with_and_without_labels(make, num_classes):
    generator = make(channels=1, num_classes=num_classes)
    latents = RANDOM.standard_normal((4, generator.latent_dim)).astype("float32")
    inputs = generator.generator_inputs(latents, ROWS)
    assert len(inputs) == (1 if num_classes is None else 2)
    size = generator.image_size
    assert shapes(generator, inputs) == [(4, size, size, 1)]
    again = type(generator).from_config(generator.get_config())
    assert again.get_config() == generator.get_config()
    mixed = make(channels=1, num_classes=num_classes, dtype="mixed_bfloat16")
    again = type(mixed).from_config(mixed.get_config())
    assert again.dtype_policy.name == mixed.dtype_policy.name == "mixed_bfloat16"


@pytest.mark.parametrize("make", [BigGANDiscriminator, SmallDiscriminator])
def test_discriminators_with_and_without_labels(make):
    images = RANDOM.uniform(-1, 1, (4, 32, 32, 1)).astype("float32")
    conditional = make(32, 1, 3, base_channels=2)
    assert shapes(conditional, images)[0] == (4, 1)
    difference = conditional(images, labels=ROWS)[0] - conditional(images)[0]
    largest = np.abs(ops.convert_to_numpy(difference)).max()
    assert largest > 1e-6, "labels must matter"
    again = make.from_config(conditional.get_config())
    assert again.get_config() == conditional.get_config()
    with pytest.raises(ValueError, match="takes no labels"):
        make(32, 1, base_channels=2)(images, labels=ROWS)


def test_unknown_small_size_is_named():
    for make in (SmallGenerator, SmallDiscriminator):
        with pytest.raises(ValueError, match="image_size=24"):
            make(24)
