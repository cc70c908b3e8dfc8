"""The scores of the checkpoints of a run as a csv file."""

import contextlib
import csv
from pathlib import Path

from keras_s3gan.files import locked, write_table
from keras_s3gan.metrics import SCORES, ScoreName

# The conditions of a measurement. Only rows with the same ones can be compared.
PROTOCOL = ("seed", "repeats", "truncation", "extractor")
_SPREAD = "_spread"
# Beside the column of a score, where there are such.
_SUFFIXES = (_SPREAD, "_low", "_high")


class ScoreHistory:
    """A csv file with one row per checkpoint, in which the best scores are marked.

    The columns are `step`; the conditions of the measurement, `seed`, `repeats`,
    `truncation` and `extractor`; `best`, the names of the scores that are best in this
    row; and one column per score, named by `ScoreRecord.full_name`, such as
    `fid5k_train`. Repeated measurements have a second column, `fid5k_train_spread`;
    scores with an interval have `fid5k_train_low` and `fid5k_train_high`. The file is
    written atomically.

    Args:
        path: str or `Path`. The file need not exist.

    Attributes:
        rows: list of dicts of str, sorted by step.

    Raises:
        ValueError: if the file is not a file of scores.

    Example:
        >>> history = ScoreHistory("run/scores.csv")
        >>> evaluator = Evaluator(RealImages(images, labels), extractor, ["fid"])
        >>> records = evaluator.evaluate(gan, num_samples=100).records
        >>> history.add(gan.step_count, records.values())["step"]
        '0'
    """

    def __init__(self, path):
        self.path = Path(path)
        self._read()

    def _read(self):
        self.rows = []
        if self.path.is_file():
            with open(self.path, newline="", encoding="utf-8") as file:
                self.rows = list(csv.DictReader(file))
        if self.rows and not {"step", *PROTOCOL} <= self.rows[0].keys():
            raise ValueError(
                f"A file of scores must have the columns step, {', '.join(PROTOCOL)}. "
                f"Received: path={self.path}"
            )

    @contextlib.contextmanager
    def _changing(self):
        """Reads and writes the rows under a lock, as other processes may add rows."""
        with locked(self.path.with_name(f".{self.path.name}.lock")):
            self._read()
            yield
            self._write()

    def add(self, step, records):
        """Adds scores of a checkpoint, or replaces those with the same conditions.

        Args:
            step: int.
            records: iterable of `ScoreRecord`, with the same conditions.

        Returns:
            The row, a dict of str.
        """
        new = {"step": str(step)}
        for record in records:
            new |= {name: _text(getattr(record, name)) for name in PROTOCOL}
            new[record.full_name] = repr(record.value)
            if record.spread is not None:
                new[record.full_name + _SPREAD] = repr(record.spread)
            if record.interval is not None:
                for suffix, end in zip(_SUFFIXES[1:], record.interval, strict=True):
                    new[record.full_name + suffix] = repr(end)
        with self._changing():
            for row in self.rows:
                if row["step"] == new["step"] and _protocol(row) == _protocol(new):
                    row.update(new)
                    new = row
                    break
            else:
                self.rows.append(new)
            self.rows.sort(key=lambda row: int(row["step"]))
        return new

    def drop_after(self, step):
        """Removes the rows of later steps, for a run that continues from `step`."""
        if any(int(row["step"]) > step for row in self.rows):
            with self._changing():
                self.rows = [row for row in self.rows if int(row["step"]) <= step]

    def known(self, step, protocol, names, intervals=()):
        """Returns whether a checkpoint already has scores with given conditions.

        Args:
            step: int.
            protocol: dict with the values of `PROTOCOL`.
            names: full names of the scores.
            intervals: full names of the scores that must have an interval.
        """
        columns = [*names, *(f"{name}_low" for name in intervals)]
        wanted = tuple(_text(protocol[name]) for name in PROTOCOL)
        return any(
            row["step"] == str(step)
            and _protocol(row) == wanted
            and all(row.get(column) for column in columns)
            for row in self.rows
        )

    def best(self, name, row, steps=None):
        """Returns the row with the best score, among rows comparable with `row`.

        Args:
            name: str. Full name of the score.
            row: one of `rows`.
            steps: the steps to consider. Defaults to all.

        Returns:
            A row, the first of equal ones. `None` if there is no other row, or if
            neither higher nor lower is better.
        """
        better = SCORES[ScoreName.parse(name).score].better
        if better is None:
            return None
        found = [
            other
            for other in self.rows
            if other.get(name)
            and _protocol(other) == _protocol(row)
            and (steps is None or int(other["step"]) in steps)
        ]
        if len(found) < 2:
            return None
        chosen = min if better == "lower" else max
        return chosen(found, key=lambda other: float(other[name]))

    def _write(self):
        """Marks the best scores and writes the file."""
        names = self.score_names()
        for row in self.rows:
            marks = [n for n in names if row.get(n)]
            marks = [name for name in marks if self.best(name, row) is row]
            row["best"] = " ".join(marks)
        found = {column for row in self.rows for column in row}
        columns = ["step", *PROTOCOL, "best"]
        for name in names:
            beside = [name + suffix for suffix in _SUFFIXES]
            columns += [name, *(column for column in beside if column in found)]
        write_table(self.path, columns, self.rows)

    def score_names(self):
        """Returns the full names of all scores, in the order they were added."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        others = {"step", "best", *PROTOCOL}
        return [n for n in names if n not in others and not n.endswith(_SUFFIXES)]


def _protocol(row):
    return tuple(row[name] for name in PROTOCOL)


def _text(value):
    return "" if value is None else str(value)
