"""Our step in its own process, on the current backend."""

import time

from benchmarks.processes import Worker


def train(connection, setting, steps):
    """Sends a description once one step is made, then seconds per step when asked.

    Args:
        connection: to who asks, see `Worker`.
        setting: dictionary, arguments of `Setting`.
        steps: int. Steps per turn.
    """
    from benchmarks.plain import setting as settings

    start = time.perf_counter()
    setting = settings.Setting(**setting)
    gan = settings.build(setting)
    built = time.perf_counter() - start
    take_turns(connection, gan, settings.batch(setting), steps, build_seconds=built)


def take_turns(connection, gan, batch, steps, **description):
    """What `train` does, of any compiled GAN.

    Args:
        batch: images and labels, of all updates.
        **description: sent with the rest.
    """
    import keras

    from benchmarks import machine
    from benchmarks.turns import Turns, endless

    start, data = time.perf_counter(), endless(*batch)
    quiet = {"shuffle": False, "verbose": 0}
    gan.fit(data, epochs=1, steps_per_epoch=1, **quiet)
    description |= {
        "backend": keras.backend.backend(),
        "images_a_step": len(batch[0]),
        "first_step_seconds": time.perf_counter() - start,
        "peak_memory_bytes": machine.peak_memory(),
        "peak_device_bytes": machine.peak_device_memory(),
    }
    connection.send(description | machine.describe())
    turns = Turns(connection.recv, lambda seconds: connection.send(seconds / steps))
    gan.fit(data, epochs=10**6, steps_per_epoch=steps, callbacks=[turns], **quiet)


def first_step(setting, backend, threads, **environment):
    """The description alone, of a process that is started for it."""
    worker = Worker(train, setting, 1, backend=backend, threads=threads, **environment)
    try:
        return worker.receive()
    finally:
        worker.stop()
