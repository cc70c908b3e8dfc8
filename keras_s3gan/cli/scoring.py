"""The command that scores a trained run, and the table of scores."""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, TaskID

from keras_s3gan.cli.app import console, print_table
from keras_s3gan.cli.options import (
    Backend,
    Checkpoint,
    Coordinator,
    Devices,
    Ema,
    Process,
    Processes,
    Run,
    Seed,
    Truncation,
)
from keras_s3gan.cli.start import choose_backend_of, open_devices

if TYPE_CHECKING:
    from keras_s3gan.experiment.runs.folder import RunFolder

SCORE_HEADINGS = ("score", "value", "computed on")


def evaluate(
    run: Run,
    metrics: Annotated[
        str | None,
        typer.Option(
            help="As in fid,kid,precision or fid50k_train: names listed by `scores`, "
            "optionally with number of images and split. Default: the recipe's."
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Number of generated images, for names without a number. Default: "
            "the recipe's.",
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Number of measurements; shows mean and spread.")
    ] = 1,
    bootstrap: Annotated[
        int,
        typer.Option(
            min=0,
            help="Number of random halves of the generated images, such as 200, for "
            "95 % intervals of the scores of features. Default: no intervals.",
        ),
    ] = 0,
    truncation: Truncation = None,
    seed: Seed = 0,
    checkpoint: Checkpoint = "last",
    ema: Ema = None,
    all_checkpoints: Annotated[
        bool, typer.Option("--all-checkpoints", help="Score all kept checkpoints.")
    ] = False,
    watch: Annotated[
        bool,
        typer.Option(
            "--watch", help="Score each new checkpoint until the run is finished."
        ),
    ] = False,
    backend: Backend = None,
    devices: Devices = None,
    coordinator: Coordinator = None,
    processes: Processes = None,
    process: Process = None,
) -> None:
    """Score a run: scores.json, and one row per checkpoint in scores.csv."""
    backend = choose_backend_of(run, backend)
    shared = open_devices(backend, devices, coordinator, processes, process)
    from keras_s3gan.experiment.runs.evaluate import (
        Protocol,
        evaluate_all,
    )
    from keras_s3gan.experiment.runs.evaluate import evaluate as evaluate_run
    from keras_s3gan.experiment.runs.score_tables import history_rows

    if ema is not None and (all_checkpoints or watch):
        raise ValueError(
            "Snapshots are of the whole run: --ema scores one checkpoint. "
            f"Received: --ema {ema} with --all-checkpoints or --watch"
        )
    names = tuple(metrics.split(",")) if metrics else None
    protocol = Protocol(names, samples, seed, repeats, truncation, bootstrap)
    headings: Sequence[str] = SCORE_HEADINGS
    rows: Sequence[Sequence[str]]
    with progress_bars() as progress:
        if all_checkpoints or watch:
            folder, history = evaluate_all(
                run, protocol, watch, progress, console.print, shared
            )
            headings, rows = history_rows(history)
            written = f"*: best. Wrote [bold]{folder.score_history}[/bold]"
        else:
            folder, rows = evaluate_run(
                run, protocol, checkpoint, progress, shared, ema
            )
            written = f"Wrote [bold]{folder.scores}[/bold]"
            if ema is not None:
                written = f"Of the average of width {ema:g}. Nothing was written."
    print_table(headings, rows)
    console.print(written)


def print_scores(folder: "RunFolder") -> None:
    """Prints the scores of a run, if it has any."""
    from keras_s3gan.experiment.runs.score_tables import score_rows

    rows = score_rows(folder)
    if rows:
        print_table(SCORE_HEADINGS, rows)


@contextlib.contextmanager
def progress_bars() -> Iterator[Callable[[str, int, int], None]]:
    """A progress bar per activity, removed at its end."""
    with Progress(console=console, transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def show(text: str, done: int, total: int) -> None:
            if text not in tasks:
                tasks[text] = bars.add_task(text)
            bars.update(tasks[text], completed=done, total=total)

        yield show
