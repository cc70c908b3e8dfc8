"""Screens the runs of a grid, so that only the better half is run in full."""

import collections
import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from keras_s3gan.experiment.comparison.grid import PlannedRun
from keras_s3gan.experiment.comparison.rows import Row

# Of the steps, in a run that screens.
STEPS_SHARE = 0.5


def screening_folder(run_dir: str | Path) -> Path:
    """The folder of the runs that screen, inside of that of the comparison."""
    return Path(run_dir, "screening")


def survivors(
    runs: Iterable[PlannedRun], rows: Sequence[Row]
) -> tuple[list[PlannedRun], list[Row]]:
    """Leaves out the runs of the worse half of the recipes, for each label fraction.

    A recipe without labels or with all of them is what the others are compared with,
    and is never left out; nor is a run that failed, whose score is not known.

    Args:
        runs: the `PlannedRun`s of the whole comparison.
        rows: the rows of the runs that screened, see `read_row`.

    Returns:
        The runs that are left, and the rows that the others were left out for.
    """
    scored = collections.defaultdict(list)
    for row in rows:
        if row["fid"] is not None and row["label_fraction"] not in (0, 1):
            scored[row["label_fraction"]].append(row)
    worse = []
    for group in scored.values():
        group.sort(key=lambda row: row["fid"])
        worse += group[math.ceil(len(group) / 2) :]
    left_out = {(row["recipe"], row["label_fraction"]) for row in worse}
    kept = [run for run in runs if (run.recipe, run.fraction) not in left_out]
    return kept, worse
