"""A real plan for devices of the CPU."""

import json
import os

import pytest

from tests.experiment.planning.planted import DEVICES, run


@pytest.fixture(scope="session")
def planned():
    """A BigGAN with all that plans count: two updates, rotations, attention."""
    done = run(
        "tests.experiment.planning.worker",
        *("s3gan_co_mnist5k_biggan", "16", "S3GAN.discriminator_steps=2"),
        "BigGANGenerator.attention_blocks=(3,)",
        "BigGANDiscriminator.attention_blocks=(1,)",
        JAX_PLATFORMS="cpu",
        XLA_FLAGS=os.environ.get("XLA_FLAGS", "")
        + f" --xla_force_host_platform_device_count={DEVICES}",
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])
