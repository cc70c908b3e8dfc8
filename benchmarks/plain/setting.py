"""What both steps train: sizes, rates, our GAN, and its weights by name."""

import math
from typing import NamedTuple

import keras
import numpy as np

from keras_s3gan.models import S3GAN
from keras_s3gan.networks import BigGANDiscriminator, BigGANGenerator


class Setting(NamedTuple):
    """The recipe `s3gan_co_mnist5k_biggan`, with two updates of the discriminator."""

    image_size: int = 32
    channels: int = 1
    base_channels: int = 16
    batch_size: int = 64
    discriminator_steps: int = 2
    num_classes: int = 10
    latent_dim: int = 64
    generator_rate: float = 2e-4
    discriminator_rate: float = 4e-4
    beta_1: float = 0.0
    beta_2: float = 0.999
    epsilon: float = 1e-7
    ema_decay: float = 0.99
    rotation_weight_generator: float = 0.2
    # Of each part of the batch: images that are shown in all four rotations.
    rotated: int = 8
    # Of the normalizations of the generator.
    momentum: float = 0.9
    norm_epsilon: float = 1e-5

    @property
    def images_a_step(self):
        return self.discriminator_steps * self.batch_size

    @property
    def halvings(self):
        """From an image to its 4x4 features."""
        return int(math.log2(self.image_size)) - 2


def build(setting, model=S3GAN):
    """Our GAN, compiled.

    Args:
        setting: `Setting`.
        model: `S3GAN` or a subclass.
    """
    networks = {
        "image_size": setting.image_size,
        "channels": setting.channels,
        "num_classes": setting.num_classes,
        "base_channels": setting.base_channels,
    }
    gan = model(
        BigGANGenerator(latent_dim=setting.latent_dim, **networks),
        BigGANDiscriminator(**networks),
        discriminator_steps=setting.discriminator_steps,
        ema_decay=setting.ema_decay,
        rotated_batch_fraction=setting.batch_size // (4 * setting.rotated),
        weight_rotation_loss_generator=setting.rotation_weight_generator,
        seed=0,
    )
    gan.compile(
        *(
            keras.optimizers.Adam(rate, setting.beta_1, setting.beta_2, setting.epsilon)
            for rate in (setting.generator_rate, setting.discriminator_rate)
        )
    )
    return gan


def batch(setting, seed=0):
    """Images `[N, S, S, C]` and labels, nine of ten unknown, for one step."""
    random = np.random.default_rng(seed)
    count = setting.images_a_step
    shape = (count, setting.image_size, setting.image_size, setting.channels)
    images = random.uniform(-1, 1, shape).astype("float32")
    labels = random.integers(setting.num_classes, size=count)
    labels[random.random(count) > 0.1] = -1
    return images, labels.astype("int32")


class Arrays(NamedTuple):
    """One network: dictionaries from name to array, as Keras lays kernels out.

    Attributes:
        weights: what the optimizer moves, `block_1/convolution_1/kernel`.
        state: what moves with each call: vectors of the spectral normalization, one
            for each normalized kernel, `block_1/convolution_1/u`, and moving moments.
    """

    weights: dict
    state: dict


def generator_arrays(gan):
    """`Arrays` of our generator."""
    return _arrays([gan.generator])


def discriminator_arrays(gan):
    """`Arrays` of our discriminator and its heads."""
    return _arrays([gan.discriminator, *gan.heads])


def average_weights(gan):
    """The weights of our averaged generator, as `Arrays.weights`."""
    # None of them is moved by an optimizer.
    found = _arrays([gan.ema_generator]).state
    return {name: found[name] for name in generator_arrays(gan).weights}


def _arrays(networks):
    weights, state = {}, {}
    for network in networks:
        for variable in network.weights:
            name = _name(variable)
            # What is accumulated for sampling alone no step touches.
            if "standing" not in name:
                kind = weights if variable.trainable else state
                kind[name] = keras.ops.convert_to_numpy(variable).copy()
    return Arrays(weights, state)


def _name(variable):
    """The path, where a wrapper and the layer in it count once."""
    parts = variable.path.split("/")
    pairs = zip(parts, [None, *parts], strict=False)
    return "/".join(part for part, before in pairs if part != before)
