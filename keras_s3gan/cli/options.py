"""Options that several commands have."""

from pathlib import Path
from typing import Annotated

import typer

Recipe = Annotated[
    str, typer.Argument(help="A name that `recipes` lists, or a .gin file.")
]
Run = Annotated[Path, typer.Argument(help="The folder that `train` wrote.")]

Backend = Annotated[
    str | None,
    typer.Option(help="jax, tensorflow or torch. Default: the run's own."),
]

TrainBackend = Annotated[
    str | None, typer.Option(help="jax, tensorflow or torch. Default: KERAS_BACKEND.")
]

Seed = Annotated[int, typer.Option(min=0, help="Draws the latents.")]

Checkpoint = Annotated[str, typer.Option(help="last, best, or a step that is kept.")]

Labels = Annotated[
    str | None, typer.Option(help="Classes, as in 0,1,2. Default: every class.")
]

Truncation = Annotated[
    float | None,
    typer.Option(help="Latents beyond this are drawn again: less variety."),
]

Devices = Annotated[
    str | None, typer.Option(help="How many share every batch, or all. Default: one.")
]

Coordinator = Annotated[
    str | None,
    typer.Option(
        help="HOST:PORT of the first of several JAX processes, or auto where the "
        "cluster says it."
    ),
]

Processes = Annotated[
    int | None, typer.Option(min=1, help="How many processes there are.")
]

Process = Annotated[int | None, typer.Option(min=0, help="Which of them this is.")]

ModelParallel = Annotated[
    int,
    typer.Option(min=1, help="How many devices share the wide weights, too: on JAX."),
]

Output = Annotated[Path | None, typer.Option(help="The PNG file to write.")]

Bindings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="A Gin binding, as often as needed: --set train.steps=100, "
        "--set 'train.source=\"folder:photos\"'.",
    ),
]
