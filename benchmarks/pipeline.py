"""The speed of the input pipeline, compared with that of the training step.

    python -m benchmarks.pipeline [sets...] [--backend tensorflow] [--threads 2]

Images per second of `keras_s3gan.data.batches`: `digits`, the packaged digits at 32
pixels; `tfds`, a TFDS set of 32 pixels in array_record files; `png`, a folder at 64
pixels; `jpeg`, a folder at 128 pixels. All but the digits are generated: coloured
clouds with a little noise. The step is that of the recipe `demo_mnist5k` at 32 pixels,
and that of S3GAN on BigGAN's networks, with few channels, at 64 and 128 pixels. Each
set and each step has its own process; they take turns.

Prints a table, writes `benchmarks/results/pipeline.json` and draws a chart beside it.
"""

import argparse
import os
import statistics
import tempfile
import time
from pathlib import Path

from benchmarks import machine
from benchmarks.growth import steps
from benchmarks.growth.series import SMALL
from benchmarks.processes import Worker
from benchmarks.tables import print_table

SETS = {"digits": 32, "tfds": 32, "png": 64, "jpeg": 128}
RECIPE = "demo_mnist5k"
CLASSES = 10
# Prepared while others had their turn: more than the pipeline's threads keep.
AHEAD = 6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="set", help=", ".join(SETS))
    parser.add_argument("--backend", default="tensorflow", help="of the steps")
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--images", type=int, default=2000, help="of each written set")
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--batches", type=int, default=50, help="a turn of a set")
    parser.add_argument("--steps", type=int, default=10, help="a turn of a step")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--base-channels", type=int, default=SMALL["base_channels"])
    options = parser.parse_args()
    names = options.sets or list(SETS)
    if unknown := [name for name in names if name not in SETS]:
        parser.error(f"sets are {', '.join(SETS)}. Received: {', '.join(unknown)}")
    machine.choose_backend([options.backend])
    load = machine.load()
    with tempfile.TemporaryDirectory() as folder:
        runs = measure(options, names, folder)
    rows = [summarize(name, runs) for name in names]
    print_table(
        ["set", "pixels", "pipeline, images/s (min–max)", "step, images/s"]
        + ["pipeline / step (min–max)"],
        [
            [
                row["set"],
                row["pixels"],
                f"{row['pipeline']:.0f} ({row['slowest']:.0f}–{row['fastest']:.0f})",
                f"{row['step']:.0f}",
                f"{row['ratio']:.1f} ({row['lowest_ratio']:.1f}–"
                f"{row['highest_ratio']:.1f})",
            ]
            for row in rows
        ],
    )
    content = {"options": vars(options), "table": rows, "runs": runs}
    loads = {"load_before": load, "load_after": machine.load()}
    path = machine.write("pipeline", {**content, **loads, **machine.describe()})
    draw(rows, path.with_suffix(".png"))
    print(f"\nWrote {path} and {path.with_suffix('.png').name}")


def measure(options, names, folder):
    """Images per second of every set, `NAME`, and of every step, `PIXELS`."""
    shared = {"backend": options.backend, "threads": options.threads}
    workers, runs = {}, {}
    try:
        for name in names:
            print(f"{name} …", flush=True)
            arguments = name, folder, options.images, options.batch, options.batches
            workers[name] = Worker(load, *arguments, **shared)
            runs[name] = workers[name].receive() | {"images_a_second": []}
        for size in dict.fromkeys(SETS[name] for name in names):
            print(f"step at {size} pixels …", flush=True)
            workers[str(size)] = _step(options, size, shared)
            runs[str(size)] = workers[str(size)].receive() | {"images_a_second": []}
        # The first turns do not count: caches and clocks settle in them.
        for number in range(options.rounds + 1):
            for name, worker in workers.items():
                rate = runs[name]["images_a_step"] / worker.ask()
                if number:
                    runs[name]["images_a_second"].append(rate)
    finally:
        for worker in workers.values():
            worker.stop()
    return runs


def _step(options, size, shared):
    if size == 32:
        return Worker(train_recipe, options.batch, options.steps, **shared)
    setting = {
        "image_size": size,
        "channels": 3,
        "base_channels": options.base_channels,
        "batch_size": options.batch,
        "discriminator_steps": 1,
        "latent_dim": SMALL["latent_dim"],
        "rotated": options.batch // 8,
    }
    return Worker(steps.train, setting, options.steps, **shared)


def load(connection, name, folder, images, batch, batches):
    """In a worker: sends seconds per batch when it is asked."""
    from keras_s3gan import data

    source = make_source(name, folder, images)
    size = SETS[name]
    iterator = iter(data.batches(source, batch, size, num_classes=CLASSES))
    next(iterator)
    connection.send({"images": len(source), "pixels": size, "images_a_step": batch})
    while True:
        connection.recv()
        for _ in range(AHEAD):
            next(iterator)
        start = time.perf_counter()
        for _ in range(batches):
            next(iterator)
        connection.send((time.perf_counter() - start) / batches)


def train_recipe(connection, batch, steps_a_turn):
    """In a worker: `steps.train` of the recipe."""
    from keras_s3gan import data
    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.build import build_gan

    gan = build_gan(resolve_recipe(RECIPE).settings)
    count = gan.discriminator_steps * batch
    images = next(iter(data.batches(data.mnist5k(), count, gan.image_shape[0])))
    steps.take_turns(connection, gan, images, steps_a_turn)


def make_source(name, folder, count):
    """The source of a set, written first if it is none of ours."""
    from keras_s3gan import data

    if name == "digits":
        return data.mnist5k()
    size = SETS[name]
    if name == "tfds":
        write_tfds(folder, clouds(count, size))
        return data.TFDSSource("clouds", data_dir=folder)
    folder = Path(folder) / name
    for number, image in enumerate(clouds(count, size)):
        path = folder / str(number % CLASSES) / f"{number}.{name}"
        path.parent.mkdir(parents=True, exist_ok=True)
        image.save(path)
    return data.FolderSource(folder)


def clouds(count, size):
    """Images of Pillow: colours that change slowly, and noise."""
    import numpy as np
    from PIL import Image

    random = np.random.default_rng(0)
    for _ in range(count):
        small = Image.fromarray(random.integers(256, size=(8, 8, 3), dtype="uint8"))
        pixels = np.asarray(small.resize((size, size), Image.Resampling.BICUBIC))
        pixels = pixels + random.normal(0, 4, pixels.shape)
        yield Image.fromarray(pixels.clip(0, 255).astype("uint8"))


def write_tfds(folder, images):
    """Prepares a set of TFDS with its default encoding, PNG."""
    import numpy as np
    import tensorflow_datasets as tfds

    examples = (
        (number, {"image": np.asarray(image), "label": number % CLASSES})
        for number, image in enumerate(images)
    )
    features = {
        "image": tfds.features.Image(shape=(None, None, 3)),
        "label": tfds.features.ClassLabel(num_classes=CLASSES),
    }
    tfds.disable_progress_bar()
    tfds.dataset_builders.store_as_tfds_dataset(
        "clouds",
        "1.0.0",
        tfds.features.FeaturesDict(features),
        {"train": examples},
        data_dir=folder,
        file_format="array_record",
    )


def summarize(name, runs):
    """A row of the table; ratios are of neighbouring turns."""
    size = SETS[name]
    rates, step = (runs[key]["images_a_second"] for key in (name, str(size)))
    ratios = [one / other for one, other in zip(rates, step, strict=True)]
    return {
        "set": name,
        "pixels": size,
        "pipeline": statistics.median(rates),
        "slowest": min(rates),
        "fastest": max(rates),
        "step": statistics.median(step),
        "ratio": statistics.median(ratios),
        "lowest_ratio": min(ratios),
        "highest_ratio": max(ratios),
    }


def draw(rows, path):
    """Bars: images per second of the pipeline and of the step."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(6, 3.2), layout="constrained")
    for number, (key, label) in enumerate(
        (("pipeline", "the pipeline gives"), ("step", "the step takes"))
    ):
        places = [place + 0.4 * number for place in range(len(rows))]
        bars = axis.barh(places, [row[key] for row in rows], 0.4, label=label)
        axis.bar_label(bars, fmt="%.0f", padding=3, fontsize=8)
    names = [f"{row['set']}, {row['pixels']} px" for row in rows]
    axis.set_yticks([place + 0.2 for place in range(len(rows))], names)
    axis.set(xscale="log", xlabel="images/s")
    axis.invert_yaxis()
    axis.margins(x=0.15)
    axis.legend(fontsize=8)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
