"""Commands that write pictures of a trained run."""

from typing import Annotated

import typer

from keras_s3gan.cli.app import console, parse_numbers
from keras_s3gan.cli.options import (
    Backend,
    Checkpoint,
    Ema,
    Labels,
    Output,
    Run,
    Seed,
    Truncation,
)
from keras_s3gan.cli.start import choose_backend_of


def sample(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=1, help="Images per class.")] = 10,
    truncation: Truncation = None,
    seed: Seed = 0,
    output: Output = None,
    checkpoint: Checkpoint = "last",
    ema: Ema = None,
    backend: Backend = None,
) -> None:
    """Write a grid of generated images, one row per class."""
    classes = parse_numbers(labels, "--labels", int, "0,1,2")
    choose_backend_of(run, backend)
    from keras_s3gan.experiment.runs.sample import sample as sample_run

    path = sample_run(run, classes, count, truncation, seed, output, checkpoint, ema)
    console.print(f"Wrote [bold]{path}[/bold]")


def interpolate(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=2, help="Images per row.")] = 10,
    seed: Seed = 0,
    output: Output = None,
    checkpoint: Checkpoint = "last",
    backend: Backend = None,
) -> None:
    """Write interpolations between two generated images, one row per class."""
    classes = parse_numbers(labels, "--labels", int, "0,1,2")
    choose_backend_of(run, backend)
    from keras_s3gan.experiment.runs.sample import interpolate as interpolate_run

    path = interpolate_run(run, classes, count, seed, output, checkpoint)
    console.print(f"Wrote [bold]{path}[/bold]")
