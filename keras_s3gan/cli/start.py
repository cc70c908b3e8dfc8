"""Chooses a backend and devices before Keras is imported."""

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from keras_s3gan.cli.app import console, invocation

if TYPE_CHECKING:
    from keras_s3gan.experiment.runs.devices import RunDevices


def choose_backend_of(run: Path, backend: str | None) -> str:
    """The requested backend, or the one that a run was trained on."""
    from keras_s3gan.experiment.runs.folder import open_run
    from keras_s3gan.experiment.start.backend import choose_backend

    return choose_backend(backend, fallback=open_run(run).read_record().get("backend"))


def open_devices(
    backend: str,
    devices: str | None,
    coordinator: str | None,
    processes: int | None,
    process: int | None,
    model_parallel: int = 1,
) -> "RunDevices | None":
    """`backend.Devices` if several are requested; only one process prints."""
    from keras_s3gan.experiment.start import launch

    if launch.needs_torchrun(backend, devices):
        raise typer.Exit(launch.torchrun(devices, invocation.arguments))
    shared = launch.open_devices(
        backend, devices, coordinator, processes, process, model_parallel
    )
    console.quiet = bool(shared and shared.process)
    return shared
