"""Plans: of real steps for devices of the CPU, and the arithmetic on planted ones."""

import dataclasses
import json
import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from keras_s3gan.backend.collectives import KINDS, Collective
from keras_s3gan.backend.jax_plan import CompiledStep
from keras_s3gan.experiment.planning import plan as planning
from keras_s3gan.experiment.planning.plan import (
    Plan,
    advice,
    plan_rows,
    sent_bytes,
    sweep_rows,
)
from keras_s3gan.experiment.planning.tpu_hardware import CHIPS, find_slice
from keras_s3gan.experiment.start.backend import is_installed
from tests.experiment.tiny import write_recipe
from tests.once import once

DEVICES = 4


def run(*arguments, **environment):
    """A process on JAX, which may be another backend's than this one's."""
    return subprocess.run(
        [sys.executable, "-m", *arguments],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
            "KERAS_BACKEND": "jax",
            **environment,
        },
        capture_output=True,
        text=True,
    )


@pytest.fixture(scope="module")
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


@once
def test_flops_are_those_of_the_layers(planned):
    # Products alone are counted; normalization and the optimizers come to some per
    # cent. Each device has its share and no more.
    in_all = DEVICES * planned["compiled"]["flops"]
    assert in_all == pytest.approx(planned["layer_flops"], rel=0.1)


@once
def test_arguments_are_the_variables_and_the_data(planned):
    parts = planned["parts"]
    for part, size in planned["value_bytes"].items():
        assert parts[part] == size, part
    images, labels = 2 * 16 * 32 * 32 * 4, 2 * 16 * 4
    assert parts["data"] == (images + labels) // DEVICES
    assert parts["padding"] == 0
    assert planned["compiled"]["argument_bytes"] == sum(parts.values())


@once
def test_gradients_and_moments_are_added_up_over_the_devices(planned):
    count, size = planned["compiled"]["collectives"]["all-reduce"]
    # Two updates of the discriminator and one of the generator.
    assert size >= planned["trained_bytes"]
    # Of two passes of the generator, each with its moments of the whole batch.
    assert count >= 2 * planned["normalizations"]


@once
def test_rows_name_what_was_found(planned):
    rows = dict(planned["rows"])
    assert rows["slice"] == "local: 4 chips"
    assert rows["batch"] == "16; 32 real images a step"
    assert rows["fits"].startswith("yes: ")
    for name in (
        "  optimizer",
        "  temporaries",
        "all-reduce",
        "compute",
        "2,500 steps",
    ):
        assert rows[name]


STEP = CompiledStep(
    devices=128,
    fits=True,
    total_bytes=2**33,
    available_bytes=None,
    lowering_seconds=1.0,
    compiling_seconds=2.0,
    argument_bytes=2**30,
    temporary_bytes=2**32,
    output_bytes=2**10,
    program_bytes=2**20,
    flops=61.5e12,
    bytes_accessed=45e9,
    collectives={"all-reduce": Collective(3, 10**9)},
)
PARTS = {"weights": 2**29, "average": 0, "optimizer": 2**29, "data": 2**20}


def make_plan(topology="v3:8x8x1", **changes):
    return Plan(
        recipe="some",
        slice=find_slice(topology),
        batch_size=2048,
        images=4096,
        steps=86400,
        dtype_policy="float32",
        parts=PARTS,
        layer_flops=78 * 10**14,
        compiled=dataclasses.replace(STEP, **changes),
    )


def test_roofline_of_a_core():
    plan = make_plan()
    assert plan.compute_seconds == pytest.approx(1.0)
    assert plan.memory_seconds == pytest.approx(0.1)
    assert plan.interconnect_seconds == pytest.approx(2 * 63 / 64 * 1e9 / 332e9)
    assert plan.step_seconds == pytest.approx(1.0 + plan.interconnect_seconds)
    assert plan.days == pytest.approx(plan.step_seconds)
    assert make_plan(bytes_accessed=900e9).step_seconds > 2


@pytest.mark.parametrize("kind", KINDS)
def test_one_chip_sends_nothing(kind):
    assert sent_bytes(kind, 100, find_slice("v5e:1x1")) == 0


def test_rows_of_a_plan():
    rows = dict(plan_rows(make_plan()))
    assert rows["slice"] == "v3:8x8x1: 64 chips, 128 cores"
    assert rows["fits"] == "yes: 8.00 GiB of 15.48 GiB a core"
    assert rows["FLOPs a step"] == "61.5 TFLOP a core, 7.872 PFLOP in all"
    assert rows["  by layer"] == "7.8 PFLOP in all, 99.1% of that"
    assert rows["  temporaries"] == "4.00 GiB, with the updates unrolled"
    assert rows["all-reduce"] == "3, results of 953.67 MiB a core"
    assert rows["compute"] == "1000 ms at 61.5 TFLOP/s in bfloat16 a core"
    assert rows["86,400 steps"].startswith("1.01 days")
    assert rows["compiled in"] == "2 s, after 1 s of tracing"
    assert "note" not in rows


def test_a_figure_without_source_is_said_to_be_one():
    assert "no source" in dict(plan_rows(make_plan("v2:8x8x1")))["note"]


def unfit(total=2**34, **changes):
    nothing = {"flops": None, "bytes_accessed": None, "collectives": {}}
    return make_plan(
        fits=False, total_bytes=total, available_bytes=2**33, **nothing, **changes
    )


def test_a_plan_that_does_not_fit_says_what_to_change():
    rows = plan_rows(unfit())
    assert ("fits", "no: 16.00 GiB of 8.00 GiB a core") in rows
    changes = [value for name, value in rows if name == "change"]
    # 1 GiB of state stays; of the other 15 less than half has room.
    assert "about 4 times as many chips, or a batch of about 512" in changes[0]
    assert "mixed_bfloat16" in changes[1]


def test_state_that_is_too_large_needs_other_chips():
    plan = dataclasses.replace(unfit(), parts={"weights": 2**33})
    assert "more memory" in advice(plan)[0]


def test_mixed_precision_is_not_advised_twice():
    plan = dataclasses.replace(unfit(), dtype_policy="mixed_bfloat16")
    assert len(advice(plan)) == 1


def test_rows_of_a_sweep():
    fits, unfits = sweep_rows([make_plan(), unfit()])
    assert len(fits) == len(unfits) == len(planning.SWEEP_HEADINGS)
    assert fits[:3] == ("v3:8x8x1", "128", "2,048")
    assert "does not fit" in unfits


def test_a_batch_that_does_not_split():
    gan = SimpleNamespace(discriminator_steps=2)
    planning.check_batch(gan, 64, find_slice("v3:8x8x1"))
    for batch in (0, -64, 65, 32):
        with pytest.raises(ValueError, match=f"multiple of 64.* Received: .*={batch}"):
            planning.check_batch(gan, batch, find_slice("v3:8x8x1"))


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


@once
@needs_libtpu
@pytest.mark.parametrize("generation", CHIPS)
def test_libtpu_knows_every_generation(generation):
    side = "2x2" if CHIPS[generation].axes == 2 else "2x2x1"
    program = (
        "from keras_s3gan.experiment.planning import environment\n"
        "environment.prepare_for_tpus()\n"
        "from keras_s3gan.backend.jax_plan import tpu_devices\n"
        "from keras_s3gan.experiment.planning.tpu_hardware import find_slice\n"
        f"found = find_slice('{generation}:{side}')\n"
        "devices = tpu_devices(found.topology, **found.options)\n"
        "assert len(devices) == found.devices, devices\n"
    )
    done = run("timeit", "-n1", "-r1", program)
    assert done.returncode == 0, done.stderr[-2000:]


@once
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
    assert "GiB a chip" in done.stdout
    assert "all-reduce" in done.stdout
    # What is compiled for devices elsewhere could not be read from the cache again.
    assert not list(tmp_path.glob("cache/programs/*"))
