"""PyTorch: the devices to train on."""

import contextlib
import os

import numpy as np
import torch
from torch import distributed

from keras_s3gan.backend.device_counts import check_devices, check_no_model_parallel


class Devices:
    """See `keras_s3gan.backend.interface`.

    One device per process; `torchrun` starts the processes.
    """

    # Whether processes average, which is the default in an existing process group.
    averaging = True
    in_use = None

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        check_no_model_parallel(model_parallel)
        if coordinator or processes or process:
            raise ValueError(
                "PyTorch finds other processes by torchrun. "
                f"Received: coordinator={coordinator}"
            )
        if "WORLD_SIZE" not in os.environ:
            raise ValueError(
                "On PyTorch each device has a process, which torchrun starts: "
                "torchrun --nproc-per-node N -m keras_s3gan.cli train … "
                f"Received: devices={count}"
            )
        check_devices(count, int(os.environ.get("LOCAL_WORLD_SIZE", 1)))
        if torch.cuda.is_available():
            torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
        if not distributed.is_initialized():
            distributed.init_process_group()
        self.total = self.processes = distributed.get_world_size()
        self.process = distributed.get_rank()
        Devices.averaging = False
        Devices.in_use = self

    def building(self):
        """An empty context: every process builds the same model."""
        return contextlib.nullcontext()

    @contextlib.contextmanager
    def training(self):
        """A context in which processes average gradients and moments."""
        Devices.averaging = True
        try:
            yield
        finally:
            Devices.averaging = False

    def rows(self, count):
        """The rows of a batch for this process."""
        return np.arange(self.process, count, self.processes)

    def wait(self, name):
        """Returns when every process has called it."""
        distributed.barrier()


def unsharded():
    """See `keras_s3gan.backend.interface`.

    Only `fit` of a model shares batches.
    """
    return contextlib.nullcontext()


def default_device() -> tuple[str, str]:
    """See `keras_s3gan.backend.interface`."""
    if torch.cuda.is_available():
        return "gpu", torch.cuda.get_device_name()
    return "cpu", "cpu"


def make_deterministic():
    """See `keras_s3gan.backend.interface`.

    Some operations have no deterministic kernel; they warn.
    """
    torch.use_deterministic_algorithms(True, warn_only=True)
