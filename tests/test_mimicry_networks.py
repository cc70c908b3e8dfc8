"""Our networks beside torch-mimicry's have its parameters, and do what they do."""

import numpy as np
import pytest

from benchmarks.mimicry import networks, package
from tests.once import once
from tests.tolerance import assert_close


@once("numbers of parameters are of shapes alone")
@pytest.mark.parametrize(
    ("model", "generator", "discriminator"),
    [
        # Counted in torch-mimicry 0.1.16.
        ("sngan", 4_276_739, 1_053_825),
        ("ssgan", 4_276_739, 1_054_341),
        ("cgan_pd", 4_304_387, 1_055_105),
    ],
)
def test_parameters_of_torch_mimicry(model, generator, discriminator):
    gan = networks.build(model, width=128, discriminator_steps=1, batch_size=64)
    found = gan.generator.trainable_variables, gan.discriminator_variables
    assert networks.count(found[0]) == generator
    assert networks.count(found[1]) == discriminator


@once("layers that tests/layers compares on each, beside PyTorch")
@pytest.mark.skipif(package.folder() is None, reason=f"needs {package.INSTALL}")
def test_discriminator_of_torch_mimicry():
    import torch

    torch.manual_seed(0)
    theirs = package.load("nets.sngan.sngan_32").SNGANDiscriminator32(ndf=8).eval()
    ours = networks.MimicryDiscriminator(width=8)
    layers = [layer for layer in theirs.modules() if hasattr(layer, "weight_orig")]
    values = []
    for layer, vector in zip(layers, ours.non_trainable_variables, strict=True):
        kernel = layer.weight_orig.detach()
        values += [np.moveaxis(kernel.numpy(), (0, 1), (-1, -2)), layer.bias.detach()]
        # What power iterations come to, from a vector of whichever side.
        left, _, right = torch.linalg.svd(kernel.flatten(1))
        layer.weight_u.copy_(left[:, 0])
        layer.weight_v.copy_(right[0])
        found = left[:, 0] if vector.shape[0] == 1 else right[0]
        vector.assign(found.reshape(vector.shape))
    for variable, value in zip(ours.trainable_variables, values, strict=True):
        variable.assign(value)
    images = torch.rand(4, 32, 32, 3) * 2 - 1
    expected = theirs(images.permute(0, 3, 1, 2))
    assert_close(ours(images)[0].detach(), expected.detach(), 1e-5)
