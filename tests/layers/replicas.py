"""A batch normalized by two replicas, in a process of its own.

    KERAS_BACKEND=… python -m tests.layers.replicas INPUT.npz OUTPUT.npz

Two devices of the CPU on JAX and TensorFlow, two processes on PyTorch. Each replica has
half of the batch; the loss is the mean over the replicas.
"""

import os
import sys

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import BatchNormalization

REPLICAS = 2


def forward_and_back(layer, images, weights):
    """Outputs of one training call, the loss's gradients, and the moments after it."""

    def loss(images):
        outputs = layer(images, training=True)
        return ops.mean(weights * ops.square(outputs)), outputs

    value, outputs, pull = backend.vjp(
        loss, [images], layer.trainable_variables, layer.variables
    )
    (to_images,), to_variables = pull(ops.ones_like(value))
    return outputs, to_images, to_variables


def make_layer(images):
    layer = BatchNormalization(name="norm")
    layer.build(images.shape)
    layer.gamma.assign(np.linspace(0.5, 1.5, images.shape[-1]).astype("float32"))
    return layer


def collected(layer, outputs, to_images, to_variables):
    pairs = zip(layer.trainable_variables, to_variables, strict=True)
    named = {"outputs": outputs, "to_images": to_images}
    named |= {variable.name: gradient for variable, gradient in pairs}
    named |= {v.name + "_after": v for v in layer.non_trainable_variables}
    return {name: ops.convert_to_numpy(value) for name, value in named.items()}


def on_one(images, weights):
    """What is expected: no replicas, the whole batch."""
    layer = make_layer(images)
    call = backend.compiled(
        lambda *inputs: forward_and_back(layer, *inputs), layer.variables
    )
    return collected(layer, *call(images, weights))


def on_jax(images, weights):
    devices = keras.distribution.list_devices()
    assert len(devices) == REPLICAS
    distribution = keras.distribution.DataParallel(devices=devices)
    with distribution.scope():
        layer = make_layer(images)
        layout = distribution.get_data_layout(images.shape)
        spread = [
            keras.distribution.distribute_tensor(ops.convert_to_tensor(x), layout)
            for x in (images, weights)
        ]
        call = backend.compiled(
            lambda *inputs: forward_and_back(layer, *inputs), layer.variables
        )
        return collected(layer, *call(*spread))


def on_tensorflow(images, weights):
    import tensorflow as tf

    (cpu,) = tf.config.list_physical_devices("CPU")
    tf.config.set_logical_device_configuration(
        cpu, [tf.config.LogicalDeviceConfiguration()] * REPLICAS
    )
    strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
    assert strategy.num_replicas_in_sync == REPLICAS
    with strategy.scope():
        layer = make_layer(images)
    halves = [
        strategy.experimental_distribute_values_from_function(
            lambda context, x=x: np.split(x, REPLICAS)[context.replica_id_in_sync_group]
        )
        for x in (images, weights)
    ]
    outputs, to_images, to_variables = tf.function(
        lambda *inputs: strategy.run(
            lambda *inputs: forward_and_back(layer, *inputs), inputs
        )
    )(*halves)
    outputs, to_images = (
        np.concatenate(strategy.experimental_local_results(x))
        for x in (outputs, to_images)
    )
    to_variables = [
        np.mean(strategy.experimental_local_results(x), axis=0) for x in to_variables
    ]
    return collected(layer, outputs, to_images / REPLICAS, to_variables)


def on_torch(images, weights):
    import torch

    parts = torch.multiprocessing.get_context("spawn")
    queue = parts.Queue()
    port = free_port()
    processes = [
        parts.Process(target=torch_replica, args=(rank, port, images, weights, queue))
        for rank in range(REPLICAS)
    ]
    for process in processes:
        process.start()
    found = dict(queue.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    first, second = found[0], found[1]
    assert all(np.array_equal(first[k], second[k]) for k in first if "after" in k)
    return {
        name: np.concatenate([first[name], second[name]]) / share
        for name, share in (("outputs", 1), ("to_images", REPLICAS))
    } | {
        name: (first[name] + second[name]) / REPLICAS
        for name in first
        if name not in ("outputs", "to_images")
    }


def torch_replica(rank, port, images, weights, queue):
    from torch import distributed

    os.environ.update(MASTER_ADDR="localhost", MASTER_PORT=str(port))
    distributed.init_process_group("gloo", rank=rank, world_size=REPLICAS)
    queue.put((rank, on_one(*(np.split(x, REPLICAS)[rank] for x in (images, weights)))))
    distributed.destroy_process_group()


def free_port():
    import socket

    with socket.socket() as found:
        found.bind(("localhost", 0))
        return found.getsockname()[1]


if __name__ == "__main__":
    source, target = sys.argv[1:]
    run = {"jax": on_jax, "tensorflow": on_tensorflow, "torch": on_torch}
    with np.load(source) as stored:
        found = run[keras.backend.backend()](stored["images"], stored["weights"])
    np.savez(target, **found)
