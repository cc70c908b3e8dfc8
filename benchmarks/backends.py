"""One recipe on every backend, each in its own process, in alternation.

    python -m benchmarks.backends demo_mnist5k [--blocks 3] [--steps 10] [--threads 2]

The backends take turns: each round has one process per backend. Steady time is the
median over all blocks of all rounds; the loss is after the same steps from one seed.
Writes `benchmarks/results/backends_<recipe>.json` and a chart beside it.
"""

import argparse
import os
import statistics
import time

from benchmarks import machine
from benchmarks.processes import Worker

BACKENDS = ("tensorflow", "torch", "jax")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", nargs="?", default="demo_mnist5k")
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument(
        "--blocks", type=int, default=3, help="timed blocks per process"
    )
    parser.add_argument("--steps", type=int, default=10, help="steps a block")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    options = parser.parse_args()
    results = {backend: [] for backend in options.backends}
    for number in range(options.rounds):
        for backend in options.backends:
            print(f"round {number + 1}: {backend} …", flush=True)
            worker = Worker(measure, options, backend=backend, threads=options.threads)
            try:
                results[backend].append(worker.receive())
            finally:
                worker.stop()
    rows = [summarize(backend, runs) for backend, runs in results.items()]
    report(options, rows, results)


def measure(connection, options):
    """In a worker: builds the recipe's model, times its steps, and sends all of it."""
    start = time.perf_counter()
    import keras

    from keras_s3gan.data import batches
    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.build import build_gan
    from keras_s3gan.experiment.runs.image_source import open_source
    from keras_s3gan.experiment.runs.training_labels import training_labels

    imported = time.perf_counter()
    resolved = resolve_recipe(options.recipe, options.set)
    settings = resolved.settings
    gan = build_gan(settings)
    built = time.perf_counter()
    source = open_source(settings)
    labels = training_labels(
        resolved, source, gan.image_shape, gan.num_classes, report=lambda line: None
    ).labels
    images_a_step = gan.discriminator_steps * settings.batch_size
    dataset = batches(
        source,
        images_a_step,
        gan.image_shape[0],
        gan.image_shape[2],
        labels=labels,
        num_classes=gan.num_classes,
        seed=settings.seed,
    )

    class Clock(keras.callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.marks, self.logs = [], []

        def on_epoch_begin(self, epoch, logs=None):
            self.begin = time.perf_counter()

        def on_epoch_end(self, epoch, logs=None):
            # The logs are numbers now, so that the device has finished.
            self.marks.append(time.perf_counter() - self.begin)
            self.logs.append({name: float(value) for name, value in logs.items()})

    clock = Clock()
    first = time.perf_counter()
    fit = {"verbose": 0, "shuffle": False, "callbacks": [clock]}
    gan.fit(dataset, epochs=1, steps_per_epoch=1, **fit)
    first = time.perf_counter() - first
    gan.fit(dataset, epochs=1 + options.blocks, steps_per_epoch=options.steps, **fit)
    blocks = [mark / options.steps for mark in clock.marks[2:]]
    found = {
        "import_seconds": imported - start,
        "build_seconds": built - imported,
        "first_step_seconds": first,
        "step_seconds": blocks,
        "images_a_step": images_a_step,
        "peak_memory_bytes": machine.peak_memory(),
        "steps": int(gan.steps.value),
        "losses": clock.logs[-1],
        "load_average": machine.load(),
        **machine.describe(),
    }
    connection.send(found)


def summarize(backend, runs):
    """One row of the table."""
    blocks = [block for run in runs for block in run["step_seconds"]]
    step = statistics.median(blocks)
    middle = {
        name: statistics.median(run[name] for run in runs)
        for name in ("import_seconds", "first_step_seconds", "peak_memory_bytes")
    }
    return {
        "backend": backend,
        **middle,
        "step_seconds": step,
        "fastest_block": min(blocks),
        "slowest_block": max(blocks),
        "images_per_second": runs[0]["images_a_step"] / step,
        "steps": runs[0]["steps"],
        "discriminator_loss": runs[0]["losses"]["discriminator_loss"],
        "generator_loss": runs[0]["losses"]["generator_loss"],
    }


def report(options, rows, results):
    """Prints the table, writes JSON and draws the chart."""
    header = (
        "| backend | import s | first step s | step s (min–max) | images/s "
        "| peak GiB | D / G loss |"
    )
    print(f"\n{header}\n{'| --- ' * 7}|")
    for row in rows:
        print(
            f"| {row['backend']} | {row['import_seconds']:.1f} "
            f"| {row['first_step_seconds']:.1f} | {row['step_seconds']:.3f} "
            f"({row['fastest_block']:.3f}–{row['slowest_block']:.3f}) "
            f"| {row['images_per_second']:.0f} "
            f"| {row['peak_memory_bytes'] / 2**30:.2f} "
            f"| {row['discriminator_loss']:.3f} / {row['generator_loss']:.3f} |"
        )
    name = f"backends_{options.recipe.split('/')[-1].removesuffix('.gin')}"
    content = {"recipe": options.recipe, "threads": options.threads}
    path = machine.write(name, {**content, "table": rows, "runs": results})
    draw(rows, path.with_suffix(".png"), options.recipe)
    print(f"\nWrote {path} and {path.with_suffix('.png').name}")


def draw(rows, path, recipe):
    """A bar for each backend: seconds per step and to the first step."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(8, 2.6), constrained_layout=True)
    names = [row["backend"] for row in rows]
    for axis, key, title in (
        (axes[0], "step_seconds", "steady step, s"),
        (axes[1], "first_step_seconds", "first step, s"),
    ):
        bars = axis.barh(names, [row[key] for row in rows], color="#4c72b0")
        axis.bar_label(bars, fmt="%.2f", padding=3)
        axis.set_title(title)
        axis.invert_yaxis()
        axis.margins(x=0.2)
    figure.suptitle(recipe)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
