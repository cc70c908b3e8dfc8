"""Our steps inside of `fit` and plain ones, in alternating blocks of one process."""

import statistics
import time

import keras
import numpy as np
from keras import ops

from benchmarks import machine
from benchmarks.plain import agreement
from benchmarks.plain import setting as settings
from benchmarks.turns import Turns, endless

MATRIX = 2048


def measure(setting, rounds, steps):
    """Times both on the backend at hand.

    Args:
        setting: `Setting`.
        rounds: int. Blocks of each, after one that is not counted.
        steps: int. Steps a block.

    Returns:
        Dictionary of seconds per step of each block, and of what they are read with.
    """
    gan = settings.build(setting)
    step = agreement.plain_step(setting, gan)
    images, labels = settings.batch(setting)
    plain, rates = [], []

    def plain_block():
        rates.append(matrix_rate())
        start = time.perf_counter()
        for _ in range(steps):
            values = step(images, labels)
        float(values["generator_loss"][0])
        plain.append((time.perf_counter() - start) / steps)

    load = machine.load()
    turns = Turns(before=plain_block)
    gan.fit(
        endless(images, labels),
        epochs=1 + rounds,
        steps_per_epoch=steps,
        callbacks=[turns],
        shuffle=False,
        verbose=0,
    )
    return {
        "backend": keras.backend.backend(),
        "first_block_seconds": {
            "ours": turns.seconds[0] / steps,
            "plain": plain[0],
        },
        "ours_seconds": [seconds / steps for seconds in turns.seconds[1:]],
        "plain_seconds": plain[1:],
        "matrix_flops_a_second": statistics.median(rates[1:]),
        "load_before": load,
        "load_after": machine.load(),
        **machine.describe(),
    }


def matrix_rate(size=MATRIX, dtype="float32"):
    """Floating-point operations per second of a product of matrices."""
    random = np.random.default_rng(0)
    matrix = random.normal(size=(size, size)).astype("float32")
    matrix = ops.cast(ops.convert_to_tensor(matrix), dtype)
    seconds = []
    for _ in range(4):
        start = time.perf_counter()
        # The number is on its way only once the device has finished.
        float(ops.matmul(matrix, matrix)[0, 0])
        seconds.append(time.perf_counter() - start)
    return 2 * size**3 / min(seconds[1:])


def count_flops(setting):
    """What XLA counts in one plain step; needs JAX as the backend."""
    step = agreement.plain_step(setting, settings.build(setting))
    return step.flops(*settings.batch(setting))
