"""A run on several devices: which folder a process writes, which batches fit."""

import contextlib
import shutil
import tempfile
from pathlib import Path

import numpy as np

from keras_s3gan.experiment.runs.folder import RunFolder


class OneDevice:
    """What `backend.Devices` is for several: this process, and what it runs on."""

    total = processes = 1
    process = 0

    def building(self):
        return contextlib.nullcontext()

    def training(self):
        return contextlib.nullcontext()

    def rows(self, count):
        return np.arange(count)

    def wait(self, name):
        pass


@contextlib.contextmanager
def own_folder(path, devices):
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


def check_batch_size(batch_size, devices):
    """Refuses images of an update that do not split into equal parts.

    Args:
        batch_size: int. Images an update, of all devices together.
        devices: `backend.Devices`.

    Raises:
        ValueError: that says what it must be a multiple of.
    """
    if batch_size % devices.total:
        raise ValueError(
            f"train.batch_size must be a multiple of the {devices.total} devices that "
            f"share it. Received: train.batch_size={batch_size}"
        )
