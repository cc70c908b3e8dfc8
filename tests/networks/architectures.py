"""Every architecture, as small as it comes, for the tests that go through all."""

from keras_s3gan import networks

RESNET = (networks.ResNetGenerator, networks.ResNetDiscriminator)
DCGAN = (networks.DCGANGenerator, networks.DCGANDiscriminator)
SNDCGAN = (networks.SNDCGANGenerator, networks.SNDCGANDiscriminator)
INFOGAN = (networks.InfoGANGenerator, networks.InfoGANDiscriminator)
BIGGAN = (networks.BigGANGenerator, networks.BigGANDiscriminator)
BIGGAN_DEEP = (networks.BigGANDeepGenerator, networks.BigGANDeepDiscriminator)
MODERN = (networks.ModernGenerator, networks.ModernDiscriminator)
SMALL = (networks.SmallGenerator, networks.SmallDiscriminator)
# Generator and discriminator, an image size, and one that is not offered.
ARCHITECTURES = {
    "resnet30": (*RESNET, 128, 64),
    "dcgan": (*DCGAN, 28, 15),
    "sndcgan": (*SNDCGAN, 28, 7),
    "infogan": (*INFOGAN, 28, 30),
    "resnet5": (*RESNET, 8, 24),
    "resnet_cifar": (*RESNET, 32, 28),
    "resnet_stl": (*RESNET, 48, 32),
    "biggan": (*BIGGAN, 32, 48),
    "biggan_deep": (*BIGGAN_DEEP, 32, 28),
    "small": (*SMALL, 8, 24),
    "modern": (*MODERN, 8, 24),
}
WITH_SLOTS = [name for name in ARCHITECTURES if name not in ("modern", "small")]
# The generators that labels enter through the normalization alone.
BY_NORMALIZATION = [name for name in WITH_SLOTS if name != "biggan_deep"]


def arguments_of(name, **kwargs):
    # An eighth of the channels is the fewest that resnet30 has.
    arguments = {"base_channels": 4 if name == "resnet30" else 2, "channels": 1}
    if name == "modern":
        arguments = {"width": 4, "cardinality": 2, "channels": 1}
    if name.startswith("resnet"):
        arguments["architecture"] = name
    return {"image_size": ARCHITECTURES[name][2], **arguments, **kwargs}


def generator_of(name, num_classes=None, **kwargs):
    if num_classes and name in BY_NORMALIZATION:
        kwargs = {"normalization": "conditional_batch", **kwargs}
    arguments = arguments_of(name, **{"latent_dim": 8, **kwargs})
    return ARCHITECTURES[name][0](num_classes=num_classes, **arguments)


def discriminator_of(name, num_classes=None, **kwargs):
    arguments = arguments_of(name, **kwargs)
    return ARCHITECTURES[name][1](num_classes=num_classes, **arguments)
