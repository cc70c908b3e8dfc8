"""The command `keras-s3gan`: parses, calls the experiment floor, prints.

Keras reads its backend when it is imported, so that nothing here imports it before a
command has chosen one.
"""

import contextlib
import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress
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
SCORE_HEADINGS = ("score", "value", "computed on")

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
):
    """Train a recipe; the same command again continues it where it stopped."""
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.runs.folder import RunFolder, default_run_path
    from keras_s3gan.experiment.start.backend import choose_backend

    find_recipe(recipe)
    recorded = RunFolder(run_dir).read_record() if run_dir else {}
    backend = choose_backend(backend, fallback=recorded.get("backend"))
    shared = None
    if not dry_run:
        shared = _open_devices(
            backend, devices, coordinator, processes, process, model_parallel
        )

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe

    resolved = resolve_recipe(recipe, bindings or (), seed)
    if dry_run:
        typer.echo(f"# backend: {backend}\n\n{resolved.text}", nl=False)
        return

    from keras_s3gan.experiment.runs.train import train as train_run

    path = run_dir or default_run_path(resolved.name, backend, resolved.settings.seed)
    command = shlex.join(["keras-s3gan", *_options["arguments"]])
    folder = train_run(
        resolved, path, command=command, report=console.print, devices=shared
    )
    _print_scores(folder)
    console.print(f"Everything is in [bold]{folder.path}[/bold]")


@app.command()
def labels(
    recipe: Annotated[
        str, typer.Argument(help="A name that `recipes` lists, or a .gin file.")
    ],
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
):
    """Infer a label for every image, and compare with the truth: stage one alone."""
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.runs.folder import default_run_path
    from keras_s3gan.experiment.start.backend import choose_backend

    find_recipe(recipe)
    backend = choose_backend(backend)
    shared = _open_devices(backend, devices, coordinator, processes, process)

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.labels import infer_labels, label_rows

    resolved = resolve_recipe(recipe, bindings or (), seed)
    seed = resolved.settings.seed
    path = run_dir or default_run_path(f"labels-{resolved.name}", backend, seed)
    folder = infer_labels(resolved, path, report=console.print, devices=shared)
    _print_table(("labels", "value", "computed on"), label_rows(folder))
    console.print(f"Wrote [bold]{folder.labels}[/bold] and {folder.label_report.name}")


@app.command()
def sample(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=1, help="Images a class.")] = 10,
    truncation: Truncation = None,
    seed: Seed = 0,
    output: Output = None,
    checkpoint: Checkpoint = "last",
    backend: Backend = None,
):
    """Write a grid of generated images, a row a class."""
    labels = _parse_numbers(labels, "--labels", int, "0,1,2")
    _choose_backend_of(run, backend)
    from keras_s3gan.experiment.runs.sample import sample as sample_run

    path = sample_run(run, labels, count, truncation, seed, output, checkpoint)
    console.print(f"Wrote [bold]{path}[/bold]")


@app.command()
def interpolate(
    run: Run,
    labels: Labels = None,
    count: Annotated[int, typer.Option(min=2, help="Images a row.")] = 10,
    seed: Seed = 0,
    output: Output = None,
    checkpoint: Checkpoint = "last",
    backend: Backend = None,
):
    """Write rows that walk from one generated image to another of its class."""
    labels = _parse_numbers(labels, "--labels", int, "0,1,2")
    _choose_backend_of(run, backend)
    from keras_s3gan.experiment.runs.sample import interpolate as interpolate_run

    path = interpolate_run(run, labels, count, seed, output, checkpoint)
    console.print(f"Wrote [bold]{path}[/bold]")


@app.command()
def evaluate(
    run: Run,
    metrics: Annotated[
        str | None,
        typer.Option(
            help="As in fid,kid,precision or fid50k_train: names that `scores` lists, "
            "with a number of images and a split where wanted. Default: the recipe's."
        ),
    ] = None,
    samples: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Generated images, where names do not say. Default: the recipe's.",
        ),
    ] = None,
    repeats: Annotated[
        int, typer.Option(min=1, help="Measure so often; show mean and spread.")
    ] = 1,
    truncation: Truncation = None,
    seed: Seed = 0,
    checkpoint: Checkpoint = "last",
    all_checkpoints: Annotated[
        bool, typer.Option("--all-checkpoints", help="Score each one that is kept.")
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
):
    """Score what was trained: scores.json, and a row a checkpoint in scores.csv."""
    backend = _choose_backend_of(run, backend)
    shared = _open_devices(backend, devices, coordinator, processes, process)
    from keras_s3gan.experiment.runs import evaluate as evaluation

    names = tuple(metrics.split(",")) if metrics else None
    protocol = evaluation.Protocol(names, samples, seed, repeats, truncation)
    with _progress() as progress:
        if all_checkpoints or watch:
            folder, history = evaluation.evaluate_all(
                run, protocol, watch, progress, console.print, shared
            )
        else:
            folder, rows = evaluation.evaluate(
                run, protocol, checkpoint, progress, shared
            )
    if all_checkpoints or watch:
        _print_table(*evaluation.history_rows(history))
        console.print(f"*: best. Wrote [bold]{folder.score_history}[/bold]")
    else:
        _print_table(SCORE_HEADINGS, rows)
        console.print(f"Wrote [bold]{folder.scores}[/bold]")


@app.command()
def scores():
    """List the scores that `evaluate --metrics` knows, a line each."""
    from keras_s3gan.experiment.runs.score_tables import SCORES

    signs = {"lower": "↓", "higher": "↑", None: " "}
    width = max(map(len, SCORES))
    for name, score in SCORES.items():
        sign = signs[score.better]
        console.print(f"[bold]{name:{width}}[/bold] {sign} {score.description}")


@app.command()
def compare(
    recipes: Annotated[
        list[str], typer.Argument(help="Names that `recipes` lists, or .gin files.")
    ],
    fractions: Annotated[
        str | None,
        typer.Option(
            help="Shares of labels, as in 0.01,0.1. Default: each recipe's own, which "
            "recipes that need no labels or all of them keep anyway."
        ),
    ] = None,
    seeds: Annotated[str, typer.Option(help="As in 0,1,2.")] = "0",
    run_dir: Annotated[
        Path, typer.Option(help="Where the runs and the report go.")
    ] = Path("runs/comparison"),
    backend: TrainBackend = None,
    bindings: Bindings = None,
    jobs: Annotated[int, typer.Option(help="Runs at a time.")] = 1,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only print the commands of the runs.")
    ] = False,
):
    """Train recipes with several shares of labels and seeds; tabulate and draw scores.

    The same command again continues where it stopped.
    """
    fractions = _parse_numbers(fractions, "--fractions", float, "0.01,0.1") or ()
    seeds = _parse_numbers(seeds, "--seeds", int, "0,1,2")
    from keras_s3gan.experiment.comparison.runs import recorded_backend
    from keras_s3gan.experiment.recipe.files import find_recipe
    from keras_s3gan.experiment.start.backend import choose_backend

    for recipe in recipes:
        find_recipe(recipe)
    backend = choose_backend(backend, fallback=recorded_backend(run_dir))

    from keras_s3gan.experiment.comparison.compare import compare as compare_runs
    from keras_s3gan.experiment.comparison.grid import plan_grid
    from keras_s3gan.experiment.comparison.report import HEADINGS, table_rows

    bindings = bindings or ()
    runs = plan_grid(recipes, run_dir, backend, fractions, seeds, bindings)
    if dry_run:
        for run in runs:
            typer.echo(shlex.join(["keras-s3gan", *run.arguments]))
        return
    rows, paths = compare_runs(runs, run_dir, console, jobs)
    _print_table(HEADINGS, table_rows(rows))
    console.print(f"Wrote [bold]{', '.join(map(str, paths))}[/bold]")
    if any(row["status"] != "finished" for row in rows):
        raise typer.Exit(1)


@app.command()
def plan(
    recipe: Annotated[
        str, typer.Argument(help="A name that `recipes` lists, or a .gin file.")
    ],
    topology: Annotated[
        str | None,
        typer.Option(
            help="A slice of TPUs, as in v3:8x8x1 or v5e:4x4; several with --sweep. "
            "None is needed: the step is compiled for it, not run."
        ),
    ] = None,
    batch: Annotated[
        str | None,
        typer.Option(
            help="Images an update; several with --sweep. Default: the recipe's."
        ),
    ] = None,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Every batch on every slice, as a table.")
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
):
    """Say whether a recipe fits a slice of TPUs, and how long it would train."""
    from keras_s3gan.experiment.planning import environment as plan_environment
    from keras_s3gan.experiment.recipe.files import find_recipe

    find_recipe(recipe)
    topologies = topology.split(",") if topology else []
    sizes = _parse_numbers(batch, "--batch", int, "512,2048") or []
    plan_environment.check_request(topologies, sizes, sweep, device, backend)
    if device:
        plan_environment.prepare_for(device, backend)
    else:
        plan_environment.prepare_for_tpus()

    from keras_s3gan.experiment.recipe.resolve import resolve_recipe

    resolved = resolve_recipe(recipe, bindings or ())
    if device:
        from keras_s3gan.experiment.planning.timed_steps import HEADINGS, time_steps

        _print_table(HEADINGS, time_steps(resolved, device, *sizes))
        return

    from keras_s3gan.experiment.planning import tables
    from keras_s3gan.experiment.planning.compiling import plan_recipe

    plans = plan_recipe(resolved, topologies, sizes, report=console.print)
    if sweep:
        _print_table(tables.SWEEP_HEADINGS, tables.sweep_rows(plans))
    else:
        _print_table(tables.HEADINGS, tables.plan_rows(plans[0]))


@app.command()
def recipes():
    """List the recipes that come with the package, a line each."""
    from keras_s3gan.experiment.recipe.files import list_recipes

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
    from keras_s3gan.experiment.runs.folder import open_run
    from keras_s3gan.experiment.start.backend import choose_backend

    return choose_backend(backend, fallback=open_run(run).read_record().get("backend"))


def _open_devices(backend, devices, coordinator, processes, process, model_parallel=1):
    """`backend.Devices` if several are asked for; one process of them speaks."""
    from keras_s3gan.experiment.start import launch as side_by_side

    if side_by_side.needs_torchrun(backend, devices):
        raise typer.Exit(side_by_side.torchrun(devices, _options["arguments"]))
    shared = side_by_side.open_devices(
        backend, devices, coordinator, processes, process, model_parallel
    )
    console.quiet = bool(shared and shared.process)
    return shared


def _parse_numbers(text, option, kind, example):
    if text is None:
        return None
    try:
        return [kind(number) for number in text.split(",")]
    except ValueError as error:
        numbers = "integers" if kind is int else "numbers"
        raise ValueError(
            f"{option} must be {numbers} with commas between, as in {example}. "
            f"Received: {option}={text}"
        ) from error


def _print_scores(folder):
    from keras_s3gan.experiment.runs.score_tables import score_rows

    rows = score_rows(folder)
    if rows:
        _print_table(SCORE_HEADINGS, rows)


@contextlib.contextmanager
def _progress():
    """A bar for each thing that is waited for, gone when it is done."""
    with Progress(console=console, transient=True) as bars:
        tasks = {}

        def show(text, done, total):
            if text not in tasks:
                tasks[text] = bars.add_task(text)
            bars.update(tasks[text], completed=done, total=total)

        yield show


def _print_table(headings, rows):
    table = Table()
    for heading in headings:
        # A narrow terminal must not cut a number short.
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console.print(table)


if __name__ == "__main__":
    main()
