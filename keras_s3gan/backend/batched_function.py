"""Functions whose rows have nothing to do with each other, over many of them."""

import keras
import numpy as np


class BatchedFunction:
    """A function over rows, compiled, in batches, on all devices that there are.

    Whole batches alone are computed, so that nothing is compiled anew for the last
    rows. With `Devices` each of them has a part of every batch.

    Args:
        run: callable over arrays of a multiple of `devices` rows, to a nest of as many.
        devices: int.
    """

    def __init__(self, run, devices):
        self._run, self._devices = run, devices

    def __call__(self, *arrays, batch_size):
        """Every row's output, a nest of arrays `[N, …]`; arguments as in `batches`."""
        found = list(self.batches(*arrays, batch_size=batch_size))
        return keras.tree.map_structure(lambda *parts: np.concatenate(parts), *found)

    def batches(self, *arrays, batch_size):
        """Yields the outputs of one batch after the other.

        Args:
            *arrays: what is indexed like an array `[N, …]`, N at least 1.
            batch_size: int. Rows that a device sees at a time.

        Raises:
            ValueError: if there is no row.
        """
        count, devices = len(arrays[0]), self._devices
        if not count:
            raise ValueError("There must be at least one row. Received: 0 rows")
        # Few rows need no whole batch, but as many of them on each device.
        size = devices * min(batch_size, -(-count // devices))
        for start in range(0, count, size):
            rows = np.arange(start, min(start + size, count))
            padded = np.resize(rows, size)
            outputs = self._run(*[np.asarray(array[padded]) for array in arrays])
            yield _first(len(rows), outputs)


def _first(count, outputs):
    return keras.tree.map_structure(lambda output: output[:count], outputs)
