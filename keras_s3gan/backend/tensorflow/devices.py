"""TensorFlow: the devices to train on."""

import contextlib
import functools
import os

import keras
import numpy as np
import tensorflow as tf

from keras_s3gan.backend.device_counts import check_devices, check_no_model_parallel


class Devices:
    """See `keras_s3gan.backend.interface`.

    The devices of one machine, of a TPU, or of the workers in `TF_CONFIG`.
    """

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
                "TensorFlow finds other processes by the variable TF_CONFIG. "
                f"Received: coordinator={coordinator}"
            )
        self._strategy = _strategy(count)
        Devices.in_use = self
        self.total = self._strategy.num_replicas_in_sync
        resolver = self._strategy.cluster_resolver
        workers = (
            resolver.cluster_spec().as_dict().get("worker", []) if resolver else []
        )
        self.processes = max(1, len(workers))
        self.process = resolver.task_id or 0 if self.processes > 1 else 0

    def building(self):
        """A context in which models are built."""
        return self._strategy.scope()

    def training(self):
        """An empty context: a model keeps the devices that it was built for."""
        return contextlib.nullcontext()

    def rows(self, count):
        """All rows, grouped by replica."""
        return np.arange(count).reshape(-1, self.total).T.ravel()

    def data_parallel(self, function):
        """A graph of a function of rows; each device computes a part of the rows."""

        @tf.function(jit_compile=False, reduce_retracing=True)
        def run(*parts):
            found = self._strategy.run(function, parts)
            return keras.tree.map_structure(
                lambda output: self._strategy.gather(output, axis=0), found
            )

        def call(*inputs):
            def part(context):
                number = context.replica_id_in_sync_group
                return tuple(
                    tf.constant(np.split(array, self.total)[number]) for array in inputs
                )

            values = self._strategy.experimental_distribute_values_from_function(part)
            return run(*values)

        return call

    def wait(self, name):
        """Returns when every process has called it."""
        if self.processes > 1:
            together = self._strategy.run(lambda: tf.ones(()))
            self._strategy.reduce(tf.distribute.ReduceOp.SUM, together, axis=None)


def _strategy(count):
    if "TF_CONFIG" in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if os.environ.get("TPU_NAME"):
        tpu = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(tpu)
    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    if kind == "CPU" and count:
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * count
        )
    available = len(tf.config.list_logical_devices(kind))
    count = check_devices(count, available)
    return tf.distribute.MirroredStrategy([f"{kind}:{i}" for i in range(count)])


def unsharded():
    """See `keras_s3gan.backend.interface`.

    Only `fit` of a model shares batches.
    """
    return contextlib.nullcontext()


def default_device() -> tuple[str, str]:
    """See `keras_s3gan.backend.interface`."""
    devices = tf.config.list_physical_devices()
    device = next((d for d in devices if d.device_type != "CPU"), devices[0])
    details = tf.config.experimental.get_device_details(device)
    return device.device_type.lower(), details.get("device_name", device.name)


@functools.cache
def has_accelerator() -> bool:
    return any(d.device_type != "CPU" for d in tf.config.list_physical_devices())


def make_deterministic():
    """See `keras_s3gan.backend.interface`.

    It selects kernels whose sums do not depend on the order of threads.
    """
    tf.config.experimental.enable_op_determinism()
