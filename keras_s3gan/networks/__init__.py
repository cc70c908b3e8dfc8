"""Generators, discriminators and encoders, one architecture per file."""

from keras_s3gan.networks.biggan import BigGANDiscriminator, BigGANGenerator
from keras_s3gan.networks.biggan_deep import (
    BigGANDeepDiscriminator,
    BigGANDeepGenerator,
)
from keras_s3gan.networks.bottleneck_block import BottleneckBlock
from keras_s3gan.networks.dcgan import DCGANDiscriminator, DCGANGenerator
from keras_s3gan.networks.encoders import (
    ResNetV2Encoder,
    applications_encoder,
    keras_cv_encoder,
)
from keras_s3gan.networks.infogan import InfoGANDiscriminator, InfoGANGenerator
from keras_s3gan.networks.modern import ModernDiscriminator, ModernGenerator
from keras_s3gan.networks.modern_block import ModernBlock
from keras_s3gan.networks.network import Discriminator, Generator
from keras_s3gan.networks.residual_block import ResidualBlock
from keras_s3gan.networks.resnet import ResNetDiscriminator, ResNetGenerator
from keras_s3gan.networks.small import SmallDiscriminator, SmallGenerator
from keras_s3gan.networks.sn_dcgan import SNDCGANDiscriminator, SNDCGANGenerator

__all__ = [
    "BigGANDeepDiscriminator",
    "BigGANDeepGenerator",
    "BigGANDiscriminator",
    "BigGANGenerator",
    "BottleneckBlock",
    "DCGANDiscriminator",
    "DCGANGenerator",
    "Discriminator",
    "Generator",
    "InfoGANDiscriminator",
    "InfoGANGenerator",
    "ModernBlock",
    "ModernDiscriminator",
    "ModernGenerator",
    "ResNetDiscriminator",
    "ResNetGenerator",
    "ResNetV2Encoder",
    "ResidualBlock",
    "SNDCGANDiscriminator",
    "SNDCGANGenerator",
    "SmallDiscriminator",
    "SmallGenerator",
    "applications_encoder",
    "keras_cv_encoder",
]
