"""Compares recipes: trains the missing runs of a grid and writes a report."""

import contextlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.live import Live

from keras_s3gan.experiment.comparison.grid import PlannedRun
from keras_s3gan.experiment.comparison.progress import line, overview
from keras_s3gan.experiment.comparison.report import write_reports
from keras_s3gan.experiment.comparison.rows import Row, read_row
from keras_s3gan.experiment.comparison.runs import RunState, run_all


def compare(
    runs: Iterable[PlannedRun],
    run_dir: str | Path,
    console: Console,
    jobs: int = 1,
    left_out: Sequence[Row] = (),
) -> tuple[list[dict[str, Any]], list[Path]]:
    """Trains the unfinished runs of a grid and reports on all runs.

    A run that fails is missing from the report; the other runs still start.

    Args:
        runs: list of `PlannedRun`.
        run_dir: the folder that the reports are written to.
        console: the `rich.console.Console` that shows the progress of the grid.
        jobs: integer. Number of runs at the same time.
        left_out: rows of runs that screened, whose recipes are not in `runs`.

    Returns:
        The rows of the report, one dictionary per run, and the paths of its files.

    Raises:
        ValueError: if `jobs` is below 1, or, when all runs are done, their scores
            cannot be compared.
    """
    states = [RunState(run) for run in runs]

    def report(state: RunState) -> None:
        fid = read_row(state)["fid"]
        console.print(line(state, states, fid), markup=False)

    table: contextlib.AbstractContextManager[object] = contextlib.nullcontext()
    if console.is_terminal:
        table = Live(get_renderable=lambda: overview(states, jobs), console=console)
    with table:
        run_all(states, jobs, report)
    rows = [read_row(state) for state in states]
    return rows, write_reports(rows, run_dir, left_out)
