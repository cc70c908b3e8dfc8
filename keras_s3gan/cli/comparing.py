"""The command that trains and compares recipes."""

import shlex
from pathlib import Path
from typing import Annotated

import typer

from keras_s3gan.cli.app import console, parse_numbers, print_table
from keras_s3gan.cli.options import Bindings, TrainBackend


def compare(
    recipes: Annotated[
        list[str], typer.Argument(help="Names listed by `recipes`, or .gin files.")
    ],
    fractions: Annotated[
        str | None,
        typer.Option(
            help="Label fractions, as in 0.01,0.1. Default: each recipe's own. Recipes "
            "with a fraction of 0 or 1 always keep it."
        ),
    ] = None,
    seeds: Annotated[str, typer.Option(help="Seeds, as in 0,1,2.")] = "0",
    run_dir: Annotated[
        Path, typer.Option(help="The folder of the runs and the report.")
    ] = Path("runs/comparison"),
    backend: TrainBackend = None,
    bindings: Bindings = None,
    jobs: Annotated[int, typer.Option(help="Number of runs at the same time.")] = 1,
    halving: Annotated[
        bool,
        typer.Option(
            "--halving",
            help="First screen with the first seed and half the steps, then run only "
            "the better half of the recipes at each fraction.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the commands of the runs.")
    ] = False,
) -> None:
    """Train recipes with several label fractions and seeds; compare their scores.

    The same command again continues the comparison.
    """
    shares = parse_numbers(fractions, "--fractions", float, "0.01,0.1") or ()
    seed_numbers = parse_numbers(seeds, "--seeds", int, "0,1,2") or ()
    from keras_s3gan.experiment.comparison.runs import recorded_backend
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.start.backend import choose_backend

    for recipe in recipes:
        find_recipe(recipe)
    backend = choose_backend(backend, fallback=recorded_backend(run_dir))

    from keras_s3gan.experiment.comparison.compare import compare as compare_runs
    from keras_s3gan.experiment.comparison.grid import plan_grid
    from keras_s3gan.experiment.comparison.halving import (
        STEPS_SHARE,
        screening_folder,
        survivors,
    )
    from keras_s3gan.experiment.comparison.report import HEADINGS, table_rows

    runs = plan_grid(recipes, run_dir, backend, shares, seed_numbers, bindings or ())
    folder = screening_folder(run_dir)
    screen = []
    if halving:
        screen = plan_grid(
            *(recipes, folder, backend, shares, seed_numbers[:1], bindings or ()),
            steps_share=STEPS_SHARE,
        )
    if dry_run:
        for run in (*screen, *runs):
            typer.echo(shlex.join(["keras-s3gan", *run.arguments]))
        return
    rows = compare_runs(screen, folder, console, jobs)[0] if halving else []
    runs, left_out = survivors(runs, rows)
    rows, paths = compare_runs(runs, run_dir, console, jobs, left_out)
    print_table(HEADINGS, table_rows(rows))
    console.print(f"Wrote [bold]{', '.join(map(str, paths))}[/bold]")
    if any(row["status"] != "finished" for row in rows):
        raise typer.Exit(1)
