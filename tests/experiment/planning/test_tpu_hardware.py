import pytest

from keras_s3gan.experiment.planning.tpu_hardware import CHIPS, find_slice
from keras_s3gan.experiment.start.backend import is_installed
from tests.experiment.planning.planted import run
from tests.once import once


@pytest.mark.parametrize(
    ("topology", "message"),
    [
        *[(name, "v2, v3, v4, v5e, v5p, v6e") for name in ("v9:2x2", "v5e", "v5e:4")],
        ("v5e:3x3", "even A and B"),
        ("v5e:0x0", "even A and B"),
        ("v5e:2x2x2", "AxB "),
        ("v6e:32x32", "at most 256 chips"),
    ],
)
def test_unknown_slice(topology, message):
    with pytest.raises(ValueError, match=message) as error:
        find_slice(topology)
    assert str(error.value).endswith(f"Received: topology={topology}")


@pytest.mark.parametrize(
    ("topology", "chips", "devices"),
    [("v3:8x8x1", 64, 128), ("v4:2x2x4", 16, 16), ("v5e:8x16", 128, 128)],
)
def test_devices_of_a_slice(topology, chips, devices):
    found = find_slice(topology)
    assert (found.chips, found.devices) == (chips, devices)


needs_libtpu = pytest.mark.skipif(not is_installed("libtpu"), reason="needs libtpu")


@once("a process of JAX's own, whatever the backend")
@needs_libtpu
@pytest.mark.parametrize("generation", CHIPS)
def test_libtpu_knows_every_generation(generation):
    side = "2x2" if CHIPS[generation].axes == 2 else "2x2x1"
    program = (
        "from keras_s3gan.experiment.planning import environment\n"
        "environment.prepare_for_tpus()\n"
        "from keras_s3gan.backend.jax.plan import tpu_devices\n"
        "from keras_s3gan.experiment.planning.tpu_hardware import find_slice\n"
        f"found = find_slice('{generation}:{side}')\n"
        "devices = tpu_devices(found.topology, **found.options)\n"
        "assert len(devices) == found.devices, devices\n"
    )
    done = run("timeit", "-n1", "-r1", program)
    assert done.returncode == 0, done.stderr[-2000:]
