import os
import subprocess
import types

import keras
import pytest

from keras_s3gan.experiment.start.launch import needs_torchrun, open_devices, torchrun


@pytest.mark.parametrize("devices", ["0", "-1", "two", "1.5"])
def test_no_such_number_of_devices(devices):
    with pytest.raises(ValueError, match=f"Received: --devices={devices}"):
        open_devices(keras.backend.backend(), devices)


@pytest.mark.skipif(keras.backend.backend() == "jax", reason="JAX shares weights")
def test_weights_are_shared_on_jax_alone():
    with pytest.raises(
        ValueError,
        match="Only JAX can share weights between devices. Received: model_parallel=2",
    ):
        open_devices(keras.backend.backend(), "2", model_parallel=2)


def test_one_device_needs_nothing(monkeypatch):
    for name in ("WORLD_SIZE", "TF_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    assert open_devices(keras.backend.backend()) is None


@pytest.mark.parametrize(
    ("backend", "devices", "started", "needed"),
    [
        ("torch", "2", False, True),
        ("torch", "2", True, False),
        ("torch", None, False, False),
        ("jax", "2", False, False),
    ],
)
def test_processes_that_must_be_started(monkeypatch, backend, devices, started, needed):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    if started:
        monkeypatch.setenv("WORLD_SIZE", "2")
    assert needs_torchrun(backend, devices) == needed


def test_torchrun_starts_the_same_command(monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    called = []

    def run(command, env):
        called.append((command, env["OMP_NUM_THREADS"]))
        return types.SimpleNamespace(returncode=3)

    monkeypatch.setattr(subprocess, "run", run)
    assert torchrun("2", ["train", "some"]) == 3
    ((command, threads),) = called
    assert command[-6:] == ["--nproc-per-node", "2", "-m", "keras_s3gan.cli"] + [
        *("train", "some")
    ]
    assert threads == "4"
