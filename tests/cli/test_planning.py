"""`plan`."""

import os

import pytest

from keras_s3gan import backend
from keras_s3gan.experiment.planning import environment
from tests.cli.outcomes import refused
from tests.experiment.tiny import write_recipe
from tests.once import once


@once("test_timed_steps.py times steps on each")
def test_steps_are_timed_on_this_machine(command, tmp_path, monkeypatch):
    # Set by the command, which is a process of its own elsewhere.
    for name in ("JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    device, _ = backend.default_device()
    plan = ("plan", str(write_recipe(tmp_path)), "--device")
    code, out, _ = command(*plan, device, "--batch", "16")
    assert code == 0, out
    assert "16; 32 real images per step" in out and "4 steps" in out
    other = "gpu" if device == "cpu" else "cpu"
    refused(command(*plan, other), f"device={other}", device)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("--topology", "--device")),
        (("--topology", "v5e:2x2", "--device", "cpu"), ("--device=cpu",)),
        (("--topology", "v9:2x2"), ("v3, v4, v5e", "topology=v9:2x2")),
        (("--topology", "v5e:2x2,v5e:4x4"), ("--sweep",)),
        (("--topology", "v5e:2x2", "--batch", "8,16"), ("--sweep", "--batch=8,16")),
        (("--topology", "v5e:2x2", "--batch", "few"), ("--batch=few",)),
        (("--topology", "v5e:2x2", "--backend", "torch"), ("--backend=torch",)),
        (("--device", "tpu"), ("cpu, gpu", "--device=tpu")),
    ],
)
def test_wrong_plan(command, arguments, words):
    refused(command("plan", "s3gan_co_mnist5k", *arguments), *words)


def test_a_plan_without_its_compiler(command, monkeypatch):
    monkeypatch.setattr(
        environment, "is_installed", lambda package: package != "libtpu"
    )
    outcome = command("plan", "s3gan_co_mnist5k", "--topology", "v5e:2x2")
    refused(outcome, "libtpu is not installed", "pip install jax libtpu")
