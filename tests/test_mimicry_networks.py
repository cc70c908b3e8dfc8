"""Our networks beside torch-mimicry's have exactly its parameters."""

import pytest

from benchmarks.mimicry import networks
from tests.once import once


@once
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
