"""Real steps for devices of the CPU, and for TPUs where their compiler is."""

from types import SimpleNamespace

import pytest

from keras_s3gan.experiment.planning.compiling import check_batch
from keras_s3gan.experiment.planning.tpu_hardware import find_slice
from keras_s3gan.experiment.start.backend import is_installed
from tests.experiment.planning.planted import DEVICES, run
from tests.experiment.tiny import write_recipe
from tests.once import once


@once("a process of JAX's own, whatever the backend")
def test_arguments_are_the_variables_and_the_data(planned):
    parts = planned["parts"]
    for part, size in planned["value_bytes"].items():
        assert parts[part] == size, part
    images, labels = 2 * 16 * 32 * 32 * 4, 2 * 16 * 4
    assert parts["data"] == (images + labels) // DEVICES
    assert parts["padding"] == 0
    assert planned["compiled"]["argument_bytes"] == sum(parts.values())


@once("a process of JAX's own, whatever the backend")
def test_gradients_and_moments_are_added_up_over_the_devices(planned):
    count, size = planned["compiled"]["collectives"]["all-reduce"]
    # Two updates of the discriminator and one of the generator.
    assert size >= planned["trained_bytes"]
    # Of two passes of the generator, each with its moments of the whole batch.
    assert count >= 2 * planned["normalizations"]


def test_a_batch_that_does_not_split():
    gan = SimpleNamespace(discriminator_steps=2)
    check_batch(gan, 64, find_slice("v3:8x8x1"))
    for batch in (0, -64, 65, 32):
        with pytest.raises(ValueError, match=f"multiple of 64.* Received: .*={batch}"):
            check_batch(gan, batch, find_slice("v3:8x8x1"))


needs_libtpu = pytest.mark.skipif(not is_installed("libtpu"), reason="needs libtpu")


@once("a process of JAX's own, whatever the backend")
@needs_libtpu
def test_a_step_is_compiled_for_tpus(tmp_path):
    recipe = str(write_recipe(tmp_path))
    done = run(
        *("keras_s3gan.cli", "plan", recipe, "--topology", "v5e:2x2"),
        COLUMNS="99",
        KERAS_S3GAN_CACHE=str(tmp_path / "cache"),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "v5e:2x2: 4 chips" in done.stdout
    assert "GiB per chip" in done.stdout
    assert "all-reduce" in done.stdout
    # What is compiled for devices elsewhere could not be read from the cache again.
    assert not list(tmp_path.glob("cache/programs/*"))
