"""The progress of a comparison, as text."""

import collections
import datetime
import statistics
from collections.abc import Iterable, Sequence

from rich.table import Table

from keras_s3gan.experiment.comparison.runs import RunState


def line(state: RunState, states: Sequence[RunState], fid: float | None = None) -> str:
    """One line about a run that has ended."""
    ended = [s for s in states if s.status in ("finished", "failed")]
    text = (
        f"{len(ended)} of {len(states)}: {state.run.path.name} {state.status}, "
        f"{_clock(state.seconds)}"
    )
    if fid is not None:
        text += f", FID {fid:.2f}"
    return f"{text}, {state.error}" if state.error else text


def overview(states: Sequence[RunState], jobs: int) -> Table:
    """The progress of a grid as a table, one row per recipe and label fraction.

    Returns:
        A `rich.table.Table`.
    """
    table = Table("method", "labels")
    for name in ("done", "running", "waiting", "failed", "elapsed"):
        table.add_column(name, justify="right")
    groups = collections.defaultdict(list)
    for state in states:
        groups[state.run.recipe, state.run.fraction].append(state)
    for (recipe, fraction), group in groups.items():
        counts = collections.Counter(state.status for state in group)
        failed = f"[red]{counts['failed']}[/red]" if counts["failed"] else "0"
        table.add_row(
            recipe,
            f"{100 * fraction:.6g} %",
            str(counts["finished"]),
            str(counts["running"]),
            str(counts["waiting"]),
            failed,
            _clock(sum(state.elapsed for state in group)),
        )
    left = remaining_seconds(states, jobs)
    table.caption = "time left: " + ("–" if left is None else f"about {_clock(left)}")
    return table


def remaining_seconds(states: Iterable[RunState], jobs: int) -> float | None:
    """Estimates the remaining time of a grid from the finished runs.

    Returns:
        A float, or `None` if no run is finished.
    """
    known = collections.defaultdict(list)
    for state in states:
        if state.status == "finished":
            known[state.run.recipe].append(state.seconds)
    if not known:
        return None
    overall = statistics.mean(s for seconds in known.values() for s in seconds)
    left = []
    for state in states:
        if state.status in ("waiting", "running"):
            expected = statistics.mean(known.get(state.run.recipe, [overall]))
            elapsed = state.elapsed if state.status == "running" else 0.0
            left.append(max(0.0, expected - elapsed))
    # Free cores do not make the last runs faster.
    return max([sum(left) / jobs, *left])


def _clock(seconds: float) -> str:
    return str(datetime.timedelta(seconds=round(seconds)))
