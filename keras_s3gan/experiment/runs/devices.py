"""A run on several devices: which folder a process writes, which batches fit."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from keras_s3gan.experiment.runs.folder import RunFolder


class RunDevices(Protocol):
    """What a run needs of its devices: `backend.Devices`, or `OneDevice`.

    Attributes:
        total: int. Devices of all processes.
        processes: int.
        process: int. Which of them this is; the first one, 0, writes the run.
    """

    total: int
    processes: int
    process: int

    def building(self) -> contextlib.AbstractContextManager[None]:
        """The context that variables are made in."""

    def training(self) -> contextlib.AbstractContextManager[None]:
        """The context that a model is trained in."""

    def rows(self, count: int) -> np.ndarray:
        """Which images of a batch this process reads."""

    def wait(self, name: str) -> None:
        """Waits until all processes are here."""


class OneDevice:
    """What `backend.Devices` is for several: this process, and what it runs on."""

    total: int = 1
    processes: int = 1
    process: int = 0

    def building(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def training(self) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def rows(self, count: int) -> np.ndarray:
        return np.arange(count)

    def wait(self, name: str) -> None:
        pass


@contextlib.contextmanager
def own_folder(path: str | Path, devices: RunDevices) -> Iterator[RunFolder]:
    """The folder of a run for the first process, a copy that is thrown away for others.

    So every process does the same, and one of them leaves something.

    Args:
        path: the folder of the run.
        devices: `backend.Devices`.

    Yields:
        A `RunFolder`.
    """
    with contextlib.ExitStack() as stack:
        own = Path(path)
        if devices.process:
            own = Path(stack.enter_context(tempfile.TemporaryDirectory()), "run")
            if Path(path).is_dir():
                shutil.copytree(path, own)
        # Before the first process changes what others still copy.
        devices.wait("folders")
        yield RunFolder(own)


def check_batch_size(batch_size: int, devices: RunDevices) -> None:
    """Refuses a batch that does not split into equal parts.

    Args:
        batch_size: int. Images per update, of all devices together.
        devices: `backend.Devices`.

    Raises:
        ValueError: that says what it must be a multiple of.
    """
    if batch_size % devices.total:
        raise ValueError(
            f"train.batch_size must be a multiple of the {devices.total} devices that "
            f"share it. Received: train.batch_size={batch_size}"
        )
