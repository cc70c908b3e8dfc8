"""Commands that train, or infer the labels to train on."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from keras_s3gan.cli.app import console, invocation, print_table
from keras_s3gan.cli.options import (
    Bindings,
    Coordinator,
    Devices,
    ModelParallel,
    Process,
    Processes,
    Recipe,
    TrainBackend,
)
from keras_s3gan.cli.scoring import print_scores
from keras_s3gan.cli.start import open_devices


def train(
    recipe: Recipe,
    run_dir: Annotated[
        Path | None,
        typer.Option(help="Default: runs/<recipe>-<backend>-seed<N>."),
    ] = None,
    backend: TrainBackend = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Default: the recipe's train.seed.")
    ] = None,
    bindings: Bindings = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the resolved recipe.")
    ] = False,
    devices: Devices = None,
    coordinator: Coordinator = None,
    processes: Processes = None,
    process: Process = None,
    model_parallel: ModelParallel = 1,
) -> None:
    """Train a recipe; the same command again continues the run."""
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.runs.folder import RunFolder, default_run_path
    from keras_s3gan.experiment.start.backend import choose_backend

    find_recipe(recipe)
    recorded = RunFolder(run_dir).read_record() if run_dir else {}
    backend = choose_backend(backend, fallback=recorded.get("backend"))
    shared = None
    if not dry_run:
        shared = open_devices(
            backend, devices, coordinator, processes, process, model_parallel
        )

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe

    resolved = resolve_recipe(recipe, bindings or (), seed)
    if dry_run:
        typer.echo(f"# backend: {backend}\n\n{resolved.text}", nl=False)
        return

    from keras_s3gan.experiment.runs.train import train as train_run

    path = run_dir or default_run_path(resolved.name, backend, resolved.settings.seed)
    command = shlex.join(["keras-s3gan", *invocation.arguments])
    folder = train_run(
        resolved, path, command=command, report=console.print, devices=shared
    )
    print_scores(folder)
    console.print(f"All files are in [bold]{folder.path}[/bold]")


def labels(
    recipe: Recipe,
    run_dir: Annotated[
        Path | None,
        typer.Option(help="Default: runs/labels-<recipe>-<backend>-seed<N>."),
    ] = None,
    backend: TrainBackend = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Default: the recipe's train.seed.")
    ] = None,
    bindings: Bindings = None,
    devices: Devices = None,
    coordinator: Coordinator = None,
    processes: Processes = None,
    process: Process = None,
) -> None:
    """Run only pseudo-labelling: infer all labels, and compare with the true ones."""
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.runs.folder import default_run_path
    from keras_s3gan.experiment.start.backend import choose_backend

    find_recipe(recipe)
    backend = choose_backend(backend)
    shared = open_devices(backend, devices, coordinator, processes, process)

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.labels import infer_labels, labels_table

    resolved = resolve_recipe(recipe, bindings or (), seed)
    path = run_dir or default_run_path(
        f"labels-{resolved.name}", backend, resolved.settings.seed
    )
    folder = infer_labels(resolved, path, report=console.print, devices=shared)
    print_table(("labels", "value", "computed on"), labels_table(folder))
    console.print(f"Wrote [bold]{folder.labels}[/bold] and {folder.label_report.name}")
