"""Our step in a process of its own, on the backend at hand."""

import time


def train(connection, setting, steps):
    """Sends a description once one step is made, then seconds a step when asked.

    Args:
        connection: to who asks, see `Worker`.
        setting: dictionary, arguments of `Setting`.
        steps: int. Steps a turn.
    """
    import keras

    from benchmarks import machine
    from benchmarks.plain import setting as settings
    from benchmarks.turns import Turns, endless

    start = time.perf_counter()
    setting = settings.Setting(**setting)
    gan = settings.build(setting)
    built = time.perf_counter()
    data = endless(*settings.batch(setting))
    quiet = {"shuffle": False, "verbose": 0}
    gan.fit(data, epochs=1, steps_per_epoch=1, **quiet)
    description = {
        "backend": keras.backend.backend(),
        "images_a_step": setting.images_a_step,
        "build_seconds": built - start,
        "first_step_seconds": time.perf_counter() - built,
        "peak_memory_bytes": machine.peak_memory(),
        **machine.describe(),
    }
    connection.send(description)
    turns = Turns(connection.recv, lambda seconds: connection.send(seconds / steps))
    gan.fit(data, epochs=10**6, steps_per_epoch=steps, callbacks=[turns], **quiet)


def first_step(setting, backend, threads, **environment):
    """The description alone, of a process that is started for it."""
    from benchmarks.processes import Worker

    worker = Worker(train, setting, 1, backend=backend, threads=threads, **environment)
    try:
        return worker.receive()
    finally:
        worker.stop()
