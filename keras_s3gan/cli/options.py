"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Recipe = Annotated[
    str, typer.Argument(help="A name listed by `recipes`, or a .gin file.")
]
Run = Annotated[Path, typer.Argument(help="The folder of a run of `train`.")]

Backend = Annotated[
    str | None,
    typer.Option(help="jax, tensorflow or torch. Default: the run's own."),
]

TrainBackend = Annotated[
    str | None, typer.Option(help="jax, tensorflow or torch. Default: KERAS_BACKEND.")
]

Seed = Annotated[int, typer.Option(min=0, help="Seed of the latents.")]

Checkpoint = Annotated[
    str, typer.Option(help="last, best, or the step of a kept checkpoint.")
]

Ema = Annotated[
    float | None,
    typer.Option(
        metavar="WIDTH",
        help="Width of the average, of the run's snapshots. Default: as trained.",
    ),
]

Labels = Annotated[
    str | None, typer.Option(help="Classes, as in 0,1,2. Default: all classes.")
]

Truncation = Annotated[
    float | None,
    typer.Option(help="Latents with larger entries are drawn again: less variety."),
]

Devices = Annotated[
    str | None,
    typer.Option(help="Number of devices that share every batch, or all. Default: 1."),
]

Coordinator = Annotated[
    str | None,
    typer.Option(
        help="HOST:PORT of the first of several JAX processes, or auto on a cluster "
        "that JAX knows."
    ),
]

Processes = Annotated[int | None, typer.Option(min=1, help="Number of processes.")]

Process = Annotated[
    int | None, typer.Option(min=0, help="Number of this process, from 0.")
]

ModelParallel = Annotated[
    int,
    typer.Option(min=1, help="Number of devices that share large weights (JAX only)."),
]

Output = Annotated[Path | None, typer.Option(help="The PNG file to write.")]

Bindings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A binding of the recipe; can be repeated: --set train.steps=100 "
        "--set train.source=folder:photos.",
    ),
]
