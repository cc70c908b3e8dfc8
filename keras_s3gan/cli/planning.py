"""The command that plans the time and memory of a recipe."""

from typing import Annotated

import typer

from keras_s3gan.cli.app import console, parse_numbers, print_table
from keras_s3gan.cli.options import Bindings, Recipe


def plan(
    recipe: Recipe,
    topology: Annotated[
        str | None,
        typer.Option(
            help="A slice of TPUs, as in v3:8x8x1 or v5e:4x4; several with --sweep. "
            "The step is compiled, not run, so that no TPU is needed."
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            help="Images per update; several with --sweep. Default: the recipe's."
        ),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="All batches on all slices, as a table.")
    ] = False,
    device: Annotated[
        str | None,
        typer.Option(help="cpu or gpu: time a few steps on this machine instead."),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(help="With --device: jax, tensorflow or torch."),
    ] = None,
    bindings: Bindings = None,
) -> None:
    """Compute whether a recipe fits a slice of TPUs, and how long it would train."""
    from keras_s3gan.experiment.planning import environment
    from keras_s3gan.experiment.recipe.files import find_recipe

    find_recipe(recipe)
    topologies = topology.split(",") if topology else []
    sizes = parse_numbers(batch, "--batch", int, "512,2048") or []
    environment.check_request(topologies, sizes, sweep, device, backend)
    if device:
        environment.prepare_for(device, backend)
    else:
        environment.prepare_for_tpus()

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe

    resolved = resolve_recipe(recipe, bindings or ())
    if device:
        from keras_s3gan.experiment.planning.timed_steps import HEADINGS, time_steps

        print_table(HEADINGS, time_steps(resolved, device, *sizes))
        return

    from keras_s3gan.experiment.planning import tables
    from keras_s3gan.experiment.planning.compiling import plan_recipe

    plans = plan_recipe(resolved, topologies, sizes, report=console.print)
    if sweep:
        print_table(tables.SWEEP_HEADINGS, tables.sweep_rows(plans))
    else:
        print_table(tables.HEADINGS, tables.plan_rows(plans[0]))
