"""Launches the processes that share a run, and opens the devices of each."""

import os
import subprocess
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keras_s3gan.experiment.runs.devices import RunDevices

# The environment variable that says that there are other processes, by backend.
_TOLD_BY = {"torch": "WORLD_SIZE", "tensorflow": "TF_CONFIG"}


def needs_torchrun(backend: str, devices: str | None) -> bool:
    """Whether `--devices` needs processes that are not started yet.

    Args:
        backend: string.
        devices: string, the value of `--devices`, or `None`.
    """
    return backend == "torch" and bool(devices) and "WORLD_SIZE" not in os.environ


def torchrun(devices: str | None, arguments: Sequence[str]) -> int:
    """Runs this command once per device, and waits.

    Args:
        devices: string, a number or `"all"`.
        arguments: list of strings, the command line.

    Returns:
        The exit code, an integer.
    """
    count = _parse_devices(devices)
    # Of GPUs, or of cores if there are no GPUs.
    number = "auto" if count is None else str(count)
    threads = max(1, (os.cpu_count() or 1) // count) if count else 1
    done = subprocess.run(
        [
            *(sys.executable, "-m", "torch.distributed.run"),
            *("--standalone", "--nproc-per-node", number),
            *("-m", "keras_s3gan.cli", *arguments),
        ],
        env={"OMP_NUM_THREADS": str(threads), **os.environ},
    )
    return done.returncode


def open_devices(
    backend: str,
    devices: str | None = None,
    coordinator: str | None = None,
    processes: int | None = None,
    process: int | None = None,
    model_parallel: int = 1,
) -> "RunDevices | None":
    """Opens the requested devices, or those that the environment names.

    Args:
        backend: string.
        devices: string, a number or `"all"`.
        coordinator, processes, process, model_parallel: as in
            `keras_s3gan.backend.interface.Devices`.

    Returns:
        `backend.Devices`, or `None` for one device.

    Raises:
        ValueError: if there are fewer devices, or the options are those of another
            backend.
    """
    count = _parse_devices(devices)
    told = _TOLD_BY.get(backend, "") in os.environ
    if not (devices or coordinator or processes or told or model_parallel > 1):
        return None

    from keras_s3gan.backend import Devices

    return Devices(count, coordinator, processes, process, model_parallel)


def _parse_devices(text: str | None) -> int | None:
    if text is None or text == "all":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(
            f"--devices must be a positive number or all. Received: --devices={text}"
        )
    return int(text)
