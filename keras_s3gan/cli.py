"""The command `keras-s3gan`: parses, calls the experiment floor, prints.

Keras reads its backend when it is imported, so that nothing here imports it before a
command has chosen one.
"""

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

app = typer.Typer(
    name="keras-s3gan",
    help="Train conditional GANs when labels are scarce, and use what was trained.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
console = Console(soft_wrap=True, highlight=False)

Run = Annotated[Path, typer.Argument(help="The folder that `train` wrote.")]
Backend = Annotated[
    str | None,
    typer.Option(help="jax, tensorflow or torch. Default: the run's own."),
]
Seed = Annotated[int, typer.Option(min=0, help="Draws the latents.")]
Labels = Annotated[
    str | None, typer.Option(help="Classes, as in 0,1,2. Default: every class.")
]
Truncation = Annotated[
    float | None,
    typer.Option(help="Latents beyond this are drawn again: less variety."),
]
Output = Annotated[Path | None, typer.Option(help="The PNG file to write.")]


@app.callback()
def _main(
    traceback: Annotated[
        bool,
        typer.Option(
            "--traceback",
            envvar="KERAS_S3GAN_TRACEBACK",
            help="Show where an error comes from, not only what it says.",
        ),
    ] = False,
):
    # `main` reads the option, since the error is caught there.
    _options["traceback"] = traceback


@app.command()
def train(
    recipe: Annotated[
        str, typer.Argument(help="A name that `recipes` lists, or a .gin file.")
    ],
    run_dir: Annotated[
        Path | None,
        typer.Option(help="Default: runs/<recipe>-<backend>-seed<N>."),
    ] = None,
    backend: Annotated[
        str | None,
        typer.Option(help="jax, tensorflow or torch. Default: KERAS_BACKEND."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Default: the recipe's train.seed.")
    ] = None,
    bindings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="A Gin binding, as often as needed: --set train.steps=100, "
            "--set 'train.source=\"folder:photos\"'.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the resolved recipe.")
    ] = False,
):
    """Train a recipe; the same command again continues it where it stopped."""
    from keras_s3gan.experiment.backend_choice import choose_backend
    from keras_s3gan.experiment.recipe_files import find_recipe
    from keras_s3gan.experiment.run_folder import RunFolder, default_run_path

    find_recipe(recipe)
    recorded = RunFolder(run_dir).read_record() if run_dir else {}
    backend = choose_backend(backend, fallback=recorded.get("backend"))

    from keras_s3gan.experiment.recipe import resolve_recipe

    resolved = resolve_recipe(recipe, bindings or (), seed)
    if dry_run:
        typer.echo(f"# backend: {backend}\n\n{resolved.text}", nl=False)
        return

    from keras_s3gan.experiment.train import train as train_run

    path = run_dir or default_run_path(resolved.name, backend, resolved.settings.seed)
    command = shlex.join(["keras-s3gan", *_options["arguments"]])
    folder = train_run(resolved, path, command=command, report=console.print)
    _print_scores(folder)
    console.print(f"Everything is in [bold]{folder.path}[/bold]")


@app.command()
def sample(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=1, help="Images a class.")] = 10,
    truncation: Truncation = None,
    seed: Seed = 0,
    output: Output = None,
    backend: Backend = None,
):
    """Write a grid of generated images, a row a class."""
    labels = _parse_labels(labels)
    _choose_backend_of(run, backend)
    from keras_s3gan.experiment.sample import sample as sample_run

    path = sample_run(run, labels, count, truncation, seed, output)
    console.print(f"Wrote [bold]{path}[/bold]")


@app.command()
def interpolate(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=2, help="Images a row.")] = 10,
    seed: Seed = 0,
    output: Output = None,
    backend: Backend = None,
):
    """Write rows that walk from one generated image to another of its class."""
    labels = _parse_labels(labels)
    _choose_backend_of(run, backend)
    from keras_s3gan.experiment.sample import interpolate as interpolate_run

    path = interpolate_run(run, labels, count, seed, output)
    console.print(f"Wrote [bold]{path}[/bold]")


@app.command()
def evaluate(
    run: Run,
    samples: Annotated[
        int | None,
        typer.Option(min=2, help="Generated images. Default: the recipe's."),
    ] = None,
    seed: Seed = 0,
    backend: Backend = None,
):
    """Score what was trained, and rewrite scores.json."""
    _choose_backend_of(run, backend)
    from keras_s3gan.experiment.evaluate import evaluate as evaluate_run

    folder = evaluate_run(run, samples, seed)
    _print_scores(folder)
    console.print(f"Wrote [bold]{folder.scores}[/bold]")


@app.command()
def recipes():
    """List the recipes that come with the package, a line each."""
    from keras_s3gan.experiment.recipe_files import list_recipes

    listed = list_recipes()
    width = max((len(name) for name, _ in listed), default=0)
    for name, description in listed:
        console.print(f"[bold]{name:{width}}[/bold]  {description}")


_options = {"traceback": False, "arguments": []}


def main(arguments=None):
    """Runs the command line; an error of the user is one line and exit code 2.

    Args:
        arguments: list of strings. Defaults to those the process was started with.
    """
    _options["arguments"] = sys.argv[1:] if arguments is None else list(arguments)
    try:
        app(_options["arguments"], prog_name="keras-s3gan")
    except Exception as error:
        if _options["traceback"] or not _is_for_the_user(error):
            raise
        # Gin appends where in its calls an error was met.
        message = str(error).split("\n  In call to configurable")[0]
        print(f"keras-s3gan: {' '.join(message.split())}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print(
            "keras-s3gan: stopped; the same command continues from the last "
            "checkpoint.",
            file=sys.stderr,
        )
        sys.exit(130)


def _is_for_the_user(error):
    # By name, since importing the class would import Keras.
    diverged = type(error).__name__ == "TrainingDiverged"
    return diverged or isinstance(error, (ValueError, OSError, ImportError))


def _choose_backend_of(run, backend):
    from keras_s3gan.experiment.backend_choice import choose_backend
    from keras_s3gan.experiment.run_folder import open_run

    choose_backend(backend, fallback=open_run(run).read_record().get("backend"))


def _parse_labels(labels):
    if labels is None:
        return None
    try:
        return [int(label) for label in labels.split(",")]
    except ValueError as error:
        raise ValueError(
            f"--labels must be integers with commas between, as in 0,1,2. "
            f"Received: --labels={labels}"
        ) from error


def _print_scores(folder):
    from keras_s3gan.experiment.evaluate import score_rows

    rows = score_rows(folder)
    if not rows:
        return
    table = Table("score", "value", "computed on")
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
