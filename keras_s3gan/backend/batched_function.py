"""Functions of independent rows, computed in batches."""

import keras
import numpy as np


class BatchedFunction:
    """A compiled function of rows, in batches, on all devices.

    All batches have the same size, the last one padded, so that nothing is compiled
    again. With `Devices`, each device computes a part of every batch.

    Args:
        run: callable from arrays to a nest of arrays with equally many rows, a multiple
            of `devices`.
        devices: int. Number of devices.
    """

    def __init__(self, run, devices):
        self._run, self._devices = run, devices

    def __call__(self, *arrays, batch_size):
        """All outputs, a nest of arrays `[N, …]`; arguments as in `batches`."""
        found = list(self.batches(*arrays, batch_size=batch_size))
        return keras.tree.map_structure(lambda *parts: np.concatenate(parts), *found)

    def batches(self, *arrays, batch_size):
        """Yields the outputs batch by batch.

        Args:
            *arrays: arrays `[N, …]`, or objects that are indexed like arrays, N >= 1.
            batch_size: int. Rows per device and batch.

        Raises:
            ValueError: if there are no rows.
        """
        count, devices = len(arrays[0]), self._devices
        if not count:
            raise ValueError("There must be at least one row. Received: 0 rows")
        # Fewer rows than a batch: the smallest multiple of the devices.
        size = devices * min(batch_size, -(-count // devices))
        for start in range(0, count, size):
            rows = np.arange(start, min(start + size, count))
            padded = np.resize(rows, size)
            outputs = self._run(*[np.asarray(array[padded]) for array in arrays])
            yield _truncate(len(rows), outputs)


def _truncate(count, outputs):
    return keras.tree.map_structure(lambda output: output[:count], outputs)
