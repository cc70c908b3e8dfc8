"""Every architecture has as many parameters as the original, at every size of it."""

import gc
import re

import numpy as np
import pytest

from keras_s3gan import networks
from keras_s3gan.networks.biggan import GENERATOR_CHANNELS
from tests import golden
from tests.once import once

pytestmark = once("numbers of parameters are of shapes alone")

CLASSES = {
    "dcgan": (networks.DCGANGenerator, networks.DCGANDiscriminator),
    "sndcgan": (networks.SNDCGANGenerator, networks.SNDCGANDiscriminator),
    "infogan": (networks.InfoGANGenerator, networks.InfoGANDiscriminator),
    "resnet_biggan": (networks.BigGANGenerator, networks.BigGANDiscriminator),
    "resnet_biggan_deep": (
        networks.BigGANDeepGenerator,
        networks.BigGANDeepDiscriminator,
    ),
}
RESNETS = ("resnet5", "resnet30", "resnet_cifar", "resnet_stl")
SCHEMES = {
    "batch_norm": "batch",
    "conditional_batch_norm": "conditional_batch",
    "self_modulated_batch_norm": "self_modulated_batch",
}
# Their lines that say nothing about the number of parameters.
SILENT = (
    "standardize_batch.",
    "weights.initializer",
    "spectral_norm.singular_value",
    "G.spectral_norm",
    "D.spectral_norm",
    "resnet_cifar.Discriminator.project_y",
    "resnet_biggan.Generator.hierarchical_z",
    "resnet_biggan.Generator.embed_y",
    "resnet_biggan.Discriminator.project_y",
    "resnet_biggan_deep.Generator.embed_y",
    "resnet_biggan_deep.Discriminator.project_y",
)


def entries():
    return golden.load_json("param_counts.json")["entries"]


def label(entry):
    size = "x".join(map(str, entry["image_shape"]))
    return f"{entry['arch']}, {entry['config']}, {size}, {entry['num_classes']}"


def arguments(entry):
    """The original's settings as arguments of our generator and discriminator."""
    architecture = entry["arch"]
    size, _, channels = entry["image_shape"]
    shared = {
        "image_size": size,
        "channels": channels,
        "num_classes": entry["num_classes"],
        # Neither changes the count, and both take time.
        "kernel_initializer": "zeros",
        "kernel_normalization": None,
    }
    if architecture in RESNETS:
        shared["architecture"] = architecture
    generator = {"latent_dim": entry["z_dim"], "normalization": None}
    discriminator = {"normalization": None}
    if architecture == "infogan":
        generator["normalization"] = "batch"
    for line in entry["gin"]:
        name, value = line.split(" = ")
        if name == "G.batch_norm_fn":
            generator["normalization"] = SCHEMES[value.lstrip("@")]
        elif name == "D.batch_norm_fn":
            discriminator["normalization"] = SCHEMES[value.lstrip("@")]
        elif name == "D.layer_norm":
            discriminator["normalization"] = "layer"
        elif name.endswith(".hierarchical_z") and architecture == "resnet_cifar":
            generator["hierarchical_latent"] = True
        elif name.endswith(".embed_z"):
            generator["embed_latent"] = True
        elif name == "resnet_cifar.Generator.embed_y":
            generator["embed_label"] = True
        elif name.endswith(".ch"):
            shared["base_channels"] = int(value)
        elif name.endswith(".blocks_with_attention"):
            block = int(re.search(r"B(\d)", value)[1])
            side = generator if ".Generator." in name else discriminator
            # "B4" at 32 pixels names a block that is not there: no attention.
            there = side is discriminator or block < len(GENERATOR_CHANNELS[size])
            side["attention_blocks"] = [block] if there else []
        else:
            assert name.startswith(SILENT), line
    return {**shared, **generator}, {**shared, **discriminator}


@pytest.fixture(autouse=True)
def memory():
    """Networks of hundreds of megabytes are let go at once."""
    yield
    gc.collect()


def parameters(model):
    return sum(int(np.prod(v.shape)) for v in model.trainable_variables)


def pytest_generate_tests(metafunc):
    if "entry" in metafunc.fixturenames:
        path = golden.BESIDE / "param_counts.json"
        found = entries() if path.is_file() else []
        metafunc.parametrize("entry", found, ids=label)


def test_parameters_of_the_original(entry):
    make_generator, make_discriminator = CLASSES.get(
        entry["arch"], (networks.ResNetGenerator, networks.ResNetDiscriminator)
    )
    generator, discriminator = arguments(entry)
    assert parameters(make_generator(**generator)) == entry["G_params"]
    assert parameters(make_discriminator(**discriminator)) == entry["D_params"]


def test_parameters_at_128_pixels():
    """The paper's networks, by number, for those without the golden table."""
    shared = {"num_classes": 1000, "kernel_initializer": "zeros"}
    generator = networks.BigGANGenerator(128, 3, attention_blocks=[4], **shared)
    assert parameters(generator) == 70_433_988
    discriminator = networks.BigGANDiscriminator(128, 3, attention_blocks=[1], **shared)
    assert parameters(discriminator) == 87_982_370
