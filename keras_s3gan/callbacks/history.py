"""The history of a training run as a csv file."""

import csv
import time
from pathlib import Path

import keras

from keras_s3gan.files import write_table


class HistoryFile(keras.callbacks.Callback):
    """Writes a csv file with one row per epoch: `epoch`, `step`, `seconds` and logs.

    `epoch` is the number of finished epochs, `seconds` the duration of the epoch. When
    training starts, rows after the model's step are removed, so that a restored run
    leaves the same rows as an uninterrupted one. The file is written atomically.

    Args:
        path: str or `Path`.

    Raises:
        ValueError: if the file exists and has no column `step`.

    Example:
        >>> gan.fit(images, labels, callbacks=[HistoryFile("run/history.csv")])
    """

    def __init__(self, path):
        super().__init__()
        self.path = Path(path)
        self.rows = []

    def on_train_begin(self, logs=None):
        step = self.model.step_count
        rows = read_history(self.path)
        self.rows = [row for row in rows if int(row["step"]) <= step]
        if len(self.rows) < len(rows):
            self._write()

    def on_epoch_begin(self, epoch, logs=None):
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.rows.append(
            {
                "epoch": epoch + 1,
                "step": self.model.step_count,
                "seconds": round(time.perf_counter() - self._started, 3),
                **(logs or {}),
            }
        )
        self._write()

    def _write(self):
        columns = list(dict.fromkeys(name for row in self.rows for name in row))
        write_table(self.path, columns, self.rows)


def read_history(path):
    """Reads a history file.

    Args:
        path: str or `Path` of a file that `HistoryFile` wrote.

    Returns:
        A list of dicts of str, one per epoch; empty if there is no file.

    Raises:
        ValueError: if the file has no column `step`.

    Example:
        >>> gan.fit(images, labels, callbacks=[HistoryFile("run/history.csv")])
        >>> [row["epoch"] for row in read_history("run/history.csv")]
        ['1']
    """
    path = Path(path)
    if not path.is_file():
        return []
    with open(path, newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if rows and "step" not in rows[0]:
        raise ValueError(f"The file must have a column `step`. Received: path={path}")
    return rows
