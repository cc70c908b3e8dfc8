"""Generators, discriminators and encoders, one architecture a file."""

from keras_s3gan.networks.biggan import BigGANDiscriminator, BigGANGenerator
from keras_s3gan.networks.blocks import DiscriminatorBlock, GeneratorBlock
from keras_s3gan.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from keras_s3gan.networks.encoders import (
    ResNetV2Encoder,
    applications_encoder,
    keras_cv_encoder,
)
from keras_s3gan.networks.network import Discriminator, Generator

__all__ = [
    "BigGANDiscriminator",
    "BigGANGenerator",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "Discriminator",
    "DiscriminatorBlock",
    "Generator",
    "GeneratorBlock",
    "ResNetV2Encoder",
    "applications_encoder",
    "keras_cv_encoder",
]
