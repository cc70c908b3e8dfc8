"""The scores of the checkpoints of a run, in a csv file."""

import contextlib
import csv
from pathlib import Path

from keras_s3gan.files import locked, write_table
from keras_s3gan.metrics import SCORES, ScoreName

# What a score was measured with; only rows that agree in it can be compared.
PROTOCOL = ("seed", "repeats", "truncation", "extractor")
_SPREAD = "_spread"


class ScoreHistory:
    """A csv file with a row a checkpoint, and the best of each score marked.

    Columns: `step`; `seed`, `repeats`, `truncation` and `extractor`, which scores were
    measured with; `best`, the names of the scores that are best in this row; and a
    column a score, named as `ScoreRecord.full_name` says it, `fid5k_train` for
    instance, with one `..._spread` beside it where it was measured more than once. The
    file is replaced as a whole.

    Args:
        path: str or `Path`. It need not exist yet.

    Attributes:
        rows: list of dicts of str, by step.
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
                f"A file of scores has the columns step, {', '.join(PROTOCOL)}. "
                f"Received: path={self.path}"
            )

    @contextlib.contextmanager
    def _changing(self):
        """The rows as they are now, to be written: others may add to the file too."""
        with locked(self.path.with_name(f".{self.path.name}.lock")):
            self._read()
            yield
            self._write()

    def add(self, step, records):
        """Adds scores of a checkpoint; those it had from the same protocol are renewed.

        Args:
            step: int.
            records: iterable of `ScoreRecord`, of one protocol.

        Returns:
            The row.
        """
        new = {"step": str(step)}
        for record in records:
            new |= {name: _text(getattr(record, name)) for name in PROTOCOL}
            new[record.full_name] = repr(record.value)
            if record.spread is not None:
                new[record.full_name + _SPREAD] = repr(record.spread)
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
        """Drops the rows of later steps, as a run that goes on from `step` does."""
        if any(int(row["step"]) > step for row in self.rows):
            with self._changing():
                self.rows = [row for row in self.rows if int(row["step"]) <= step]

    def known(self, step, protocol, names):
        """Whether a checkpoint has these scores of this protocol already.

        Args:
            step: int.
            protocol: dict with the values of `PROTOCOL`.
            names: full names.
        """
        wanted = tuple(_text(protocol[name]) for name in PROTOCOL)
        return any(
            row["step"] == str(step)
            and _protocol(row) == wanted
            and all(row.get(name) for name in names)
            for row in self.rows
        )

    def best(self, name, row, steps=None):
        """The row in which a score is best, of those that can be compared with `row`.

        Args:
            name: full name of the score.
            row: one of `rows`.
            steps: the steps whose rows are looked at. Defaults to all.

        Returns:
            A row, the first of equal ones; `None` where there is no other row, or for a
            score of which neither more nor less is better.
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
        """Writes the file, with what is best marked anew."""
        names = self.score_names()
        for row in self.rows:
            marks = [n for n in names if row.get(n)]
            marks = [name for name in marks if self.best(name, row) is row]
            row["best"] = " ".join(marks)
        spreads = {column for row in self.rows for column in row} - {None}
        columns = ["step", *PROTOCOL, "best"]
        for name in names:
            columns += [name] + [name + _SPREAD] * (name + _SPREAD in spreads)
        write_table(self.path, columns, self.rows)

    def score_names(self):
        """Full names of the scores that some row has, in the order they came in."""
        names = dict.fromkeys(name for row in self.rows for name in row)
        others = {"step", "best", *PROTOCOL}
        return [n for n in names if n not in others and not n.endswith(_SPREAD)]


def _protocol(row):
    return tuple(row[name] for name in PROTOCOL)


def _text(value):
    return "" if value is None else str(value)
