"""A run on several devices: the folder of each process, and allowed batch sizes."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import numpy as np

from keras_s3gan.experiment.runs.folder import RunFolder


class RunDevices(Protocol):
    """The interface of the devices of a run: `backend.Devices`, or `OneDevice`.

    Attributes:
        total: int. Number of devices of all processes.
        processes: int. Number of processes.
        process: int. Number of this process. The first one, 0, writes the run.
    """

    total: int
    processes: int
    process: int

    def building(self) -> contextlib.AbstractContextManager[None]:
        """The context in which variables are created."""

    def training(self) -> contextlib.AbstractContextManager[None]:
        """The context in which a model is trained."""

    def rows(self, count: int) -> np.ndarray:
        """The indices of the images of a batch that this process reads."""

    def wait(self, name: str) -> None:
        """Waits until all processes call it."""


class OneDevice:
    """As `backend.Devices`, for one process on one device."""

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
    """The folder of a run for the first process, a temporary copy for the others.

    So all processes run the same code, and only the first one writes the run.

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
        # The first process must not change the folder before the others have copied it.
        devices.wait("folders")
        yield RunFolder(own)


def check_batch_size(batch_size: int, devices: RunDevices) -> None:
    """Checks that a batch splits into equal parts.

    Args:
        batch_size: int. Images per update, of all devices together.
        devices: `backend.Devices`.

    Raises:
        ValueError: if the batch size is not a multiple of the number of devices.
    """
    if batch_size % devices.total:
        raise ValueError(
            f"train.batch_size must be a multiple of the {devices.total} devices that "
            f"share it. Received: train.batch_size={batch_size}"
        )
