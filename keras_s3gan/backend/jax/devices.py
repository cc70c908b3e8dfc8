"""JAX: the devices to train on, of one process or of several."""

import contextlib
import os

import jax
import keras
import numpy as np
from jax.experimental import multihost_utils

from keras_s3gan.backend.device_counts import check_devices

# A weight is split if its last axis has at least this size: then it is cheaper to send
# activations.
WIDE = 512
_FORCED_DEVICES = "xla_force_host_platform_device_count"


class Devices:
    """See `keras_s3gan.backend.interface`."""

    in_use = None

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        if coordinator:
            address = None if coordinator == "auto" else coordinator
            jax.distributed.initialize(address, processes, process)
        if count and _FORCED_DEVICES not in os.environ.get("XLA_FLAGS", ""):
            jax.config.update("jax_num_cpu_devices", count)
        self.processes, self.process = jax.process_count(), jax.process_index()
        self._local = check_devices(count, len(jax.local_devices()))
        chosen, of_process = [], {}
        for device in jax.devices():
            number = of_process.setdefault(device.process_index, 0)
            of_process[device.process_index] += 1
            if number < self._local:
                chosen.append(f"{device.platform}:{device.id}")
        self.total = len(chosen)
        Devices.in_use = self
        if self.total % model_parallel or (model_parallel > 1 < self.processes):
            raise ValueError(
                "The number of devices must be a multiple of those that share weights, "
                f"in one process. Received: model_parallel={model_parallel}, "
                f"{self.total} devices, {self.processes} processes"
            )
        self._distribution = WideWeightsParallel(chosen, model_parallel)

    def building(self):
        """A context in which models are built."""
        return self._distribution.scope()

    def training(self):
        """A context in which models built within `building()` are trained."""
        return self._distribution.scope()

    @property
    def mesh(self):
        """The `jax.sharding.Mesh` of the devices."""
        return self._distribution.device_mesh.backend_mesh

    def rows(self, count):
        """The rows of a batch that this process passes to `fit`, in order."""
        size = count // self.processes
        return self.process * size + np.arange(size)

    def wait(self, name):
        """Returns when every process has called it."""
        if self.processes > 1:
            multihost_utils.sync_global_devices(name)


class WideWeightsParallel(keras.distribution.ModelParallel):
    """Splits batches over groups of devices, and large weights within each group.

    A weight whose last axis, of outputs or of channels, has at least `WIDE` entries is
    split along this axis, and so are the variables of its optimizer. The compiler adds
    the communication. With groups of one device this is Keras' `DataParallel`.

    Args:
        devices: list of strings, as from `keras.distribution.list_devices`.
        sharing: int. Number of devices per group, which share weights.
    """

    def __init__(self, devices, sharing):
        mesh = keras.distribution.DeviceMesh(
            (len(devices) // sharing, sharing), ("batch", "model"), devices
        )
        super().__init__(
            layout_map=keras.distribution.LayoutMap(mesh), auto_shard_dataset=False
        )
        self._sharing = sharing

    def get_variable_layout(self, variable):
        *others, last = variable.shape or (0,)
        wide = others and last >= WIDE and last % self._sharing == 0
        axes = [None] * len(variable.shape)
        if wide:
            axes[-1] = "model"
        return keras.distribution.TensorLayout(axes, self.device_mesh)

    def get_tensor_layout(self, path):
        return None


@contextlib.contextmanager
def unsharded():
    """See `keras_s3gan.backend.interface`."""
    distribution = keras.distribution.distribution()
    if jax.process_count() > 1:
        keras.distribution.set_distribution(None)
    try:
        yield
    finally:
        keras.distribution.set_distribution(distribution)


def default_device() -> tuple[str, str]:
    """See `keras_s3gan.backend.interface`."""
    device = jax.devices()[0]
    return device.platform, device.device_kind


def make_deterministic():
    """See `keras_s3gan.backend.interface`.

    XLA on CPU and TPU is deterministic without any setting.
    """
