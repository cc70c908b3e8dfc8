"""BigGAN of 128 pixels on a GPU: images per second, memory, and the share of the card.

    python -m benchmarks.gpu [contenders...] [--dtypes bfloat16 float32]

The step of S3GAN with rotations and two updates of the discriminator, on networks of 96
base channels without attention, at the largest batch that fits, found by doubling and
halving. Contenders are `jax`, `torch` and `torch-compiled` (`jit_compile=True`), a
process for every try. A step's operations are XLA's count of JAX's step; the rate of
the card is the best that a contender measured of a product of matrices in that dtype.
On JAX, in float32, the step without Keras of `benchmarks/plain/` takes turns with ours
in one process, at half of that batch.

Prints a table, writes `benchmarks/results/gpu.json`, after each contender, and draws a
chart beside it; a contender that was not asked for stays as it is there. Without a GPU
this is a rehearsal at small sizes, which goes to `gpu_not_run.json`.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess

from benchmarks import machine, operations
from benchmarks.growth import steps
from benchmarks.processes import Worker
from benchmarks.tables import print_table

# The backend of each, and whether PyTorch compiles.
CONTENDERS = {
    "jax": ("jax", False),
    "torch": ("torch", False),
    "torch-compiled": ("torch", True),
}
POLICIES = {"bfloat16": "mixed_bfloat16", "float32": "float32"}
CARD = {
    "image_size": 128,
    "base_channels": 96,
    "num_classes": 1000,
    "batch": 64,
    "largest_batch": 1024,
    "matrix": 8192,
    "rounds": 5,
    "steps": 5,
}
# Compiling by PyTorch takes minutes on a CPU, and so has to be asked for.
REHEARSAL = {
    "contenders": ["jax", "torch"],
    "image_size": 32,
    "base_channels": 2,
    "num_classes": 10,
    "batch": 8,
    "largest_batch": 16,
    "matrix": 256,
    "rounds": 2,
    "steps": 1,
}
NOT_RUN = "NOT run: there is no GPU here. Small sizes on a CPU instead, a rehearsal."
SMALLEST_BATCH = 8
OUT_OF_MEMORY = ("RESOURCE_EXHAUSTED", "out of memory", "Out of memory")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("contenders", nargs="*", help=", ".join(CONTENDERS))
    parser.add_argument("--dtypes", nargs="+", default=POLICIES, choices=POLICIES)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--patience", type=float, default=300, help="s to an answer")
    parser.add_argument("--no-plain", action="store_true", help="no step without Keras")
    for name in CARD:
        parser.add_argument(f"--{name.replace('_', '-')}", type=int)
    options = parser.parse_args()
    card = find_card()
    given = {name: value for name, value in vars(options).items() if value}
    defaults = {"contenders": list(CONTENDERS), **(CARD if card else REHEARSAL)}
    options = argparse.Namespace(**{**vars(options), **defaults, **given})
    if unknown := set(options.contenders) - set(CONTENDERS):
        parser.error(f"contenders are {', '.join(CONTENDERS)}. Received: {unknown}")
    print(f"The GPU part: {card or NOT_RUN}")

    machine.choose_backend([CONTENDERS[name][0] for name in options.contenders])
    load, runs = machine.load(), {}
    for dtype in options.dtypes:
        for contender in options.contenders:
            run = measure(options, contender, dtype, bool(card))
            runs[f"{contender}, {dtype}"] = run
            save(options, card, runs, None, load)
    batches = {run["batch"]: run["setting"] for run in runs.values() if "batch" in run}
    for batch, setting in batches.items():
        print("operations …", flush=True)
        flops = operations.count(build, batch, setting, threads=options.threads)
        for run in runs.values():
            if run.get("batch") == batch:
                run["flops"] = flops
    plain = None
    if not options.no_plain and "batch" in runs.get("jax, float32", {}):
        save(options, card, runs, None, load)
        plain = overhead(options, runs["jax, float32"]["batch"])
    path, content = save(options, card, runs, plain, load)
    report(path, content)


def find_card():
    """Names of the GPUs and their memory, or `None`."""
    if not shutil.which("nvidia-smi"):
        return None
    query = ["nvidia-smi", "--query-gpu=name,memory.total", "--format=csv,noheader"]
    done = subprocess.run(query, stdout=subprocess.PIPE, text=True)
    return "; ".join(done.stdout.split("\n")).strip("; ") or None


def measure(options, contender, dtype, on_card):
    """What was measured at the largest batch that fits, or why nothing was."""

    def attempt(batch):
        print(f"{contender}, {dtype}, {batch} images per update …", flush=True)
        found = _attempt(options, contender, dtype, batch, on_card)
        print(f"  {found.get('error') or min(found['seconds'])}"[:200], flush=True)
        return found

    found = largest(attempt, options.batch, options.largest_batch)
    return {"contender": contender, "dtype": dtype, **found}


def largest(attempt, start, limit):
    """The result of the largest batch that fits, by doubling, or else by halving.

    Args:
        attempt: function from a batch to a dictionary, which has `"error"` if the batch
            does not fit and, then, `"fits": False`.
        start: int. The first batch.
        limit: int. No batch is larger.

    Returns:
        What `attempt` gave; with `"error"` if nothing fits, or if something else than
        memory stood in the way.
    """
    best, batch = attempt(start), start
    if "error" not in best:
        while 2 * batch <= limit:
            batch *= 2
            found = attempt(batch)
            if "error" in found:
                # Whatever the reason, the batch before did work.
                return {**best, "next_batch": {"batch": batch, **found}}
            best = found
        return best
    while best.get("fits") is False and batch > SMALLEST_BATCH:
        batch //= 2
        best = attempt(batch)
    return best


def _attempt(options, contender, dtype, batch, on_card):
    backend, compiled = CONTENDERS[contender]
    setting = setting_of(options, batch)
    arguments = setting, dtype, compiled, options.steps, options.matrix, on_card
    # JAX takes three quarters of the card unless it is told.
    worker = Worker(
        train,
        *arguments,
        backend=backend,
        threads=options.threads,
        XLA_PYTHON_CLIENT_MEM_FRACTION="0.95",
    )
    try:
        found = _answer(worker, options.patience)
        seconds = []
        # The first turn does not count.
        for number in range(options.rounds + 1):
            if "error" in found:
                return found
            worker.connection.send(None)
            turn = _answer(worker, options.patience)
            if isinstance(turn, dict):
                return turn
            seconds += [turn] if number else []
    finally:
        worker.stop()
    return {**found, "batch": batch, "setting": setting, "seconds": seconds}


def _answer(worker, patience):
    """What a worker sends, or an error if it does not."""
    if not worker.connection.poll(patience):
        return {"error": f"no answer within {patience:.0f} s"}
    try:
        return worker.receive()
    except RuntimeError as error:
        return {"error": str(error)}


def setting_of(options, batch):
    """The arguments of `Setting`; this process imports no Keras."""
    return {
        "image_size": options.image_size,
        "channels": 3,
        "base_channels": options.base_channels,
        "num_classes": options.num_classes,
        "batch_size": batch,
        "discriminator_steps": 2,
        "latent_dim": 120,
        "rotated": batch // 8,
    }


def train(connection, setting, dtype, compiled, steps_a_turn, matrix, on_card):
    """In a worker: as `steps.train`, and sends what goes wrong."""
    try:
        import keras

        from benchmarks.plain import setting as settings
        from benchmarks.plain.timing import matrix_rate
        from keras_s3gan import backend

        platform, name = backend.default_device()
        if on_card and platform != "gpu":
            raise RuntimeError(f"{keras.backend.backend()} runs on {platform} here")
        rate = matrix_rate(matrix, dtype)
        keras.config.set_dtype_policy(POLICIES[dtype])
        setting = settings.Setting(**setting)
        gan = settings.build(setting)
        if keras.backend.backend() == "torch":
            gan.jit_compile = compiled
        steps.take_turns(
            connection,
            gan,
            settings.batch(setting),
            steps_a_turn,
            device=name,
            matrix_flops_a_second=rate,
        )
    except Exception as error:
        text = f"{type(error).__name__}: {error}"
        fits = not any(words in text for words in OUT_OF_MEMORY)
        connection.send({"error": text[:2000], "fits": fits})


def build(setting):
    """Our GAN, in a worker."""
    from benchmarks.plain import setting as settings

    return settings.build(settings.Setting(**setting))


def overhead(options, batch):
    """Our step beside the plain one on JAX, in float32; both have to fit."""
    batch = max(batch // 2, SMALLEST_BATCH)
    print(f"jax beside the plain step, {batch} images per update …", flush=True)
    setting = setting_of(options, batch)
    worker = Worker(
        beside_plain,
        setting,
        options.rounds,
        options.steps,
        backend="jax",
        threads=options.threads,
        XLA_PYTHON_CLIENT_MEM_FRACTION="0.95",
    )
    try:
        found = _answer(worker, 2 * options.patience)
    finally:
        worker.stop()
    if "error" not in found:
        pairs = zip(found["ours_seconds"], found["plain_seconds"], strict=True)
        found["ratios"] = [one / other for one, other in pairs]
        found["ratio"] = statistics.median(found["ratios"])
    return {"batch": batch, "setting": setting, **found}


def beside_plain(connection, setting, rounds, steps_a_turn):
    """In a worker: sends what both steps took."""
    from benchmarks.plain import timing
    from benchmarks.plain.setting import Setting

    connection.send(timing.measure(Setting(**setting), rounds, steps_a_turn))


def save(options, card, runs, plain, load):
    """Writes JSON beside what is there; returns its path and what it holds now."""
    name = "gpu" if card else "gpu_not_run"
    path = machine.RESULTS / f"{name}.json"
    before = json.loads(path.read_text()) if path.exists() else {}
    runs = {**before.get("runs", {}), **runs}
    content = {
        "gpu_part": card or NOT_RUN,
        "options": vars(options) | {"dtypes": list(options.dtypes)},
        "table": [_row(r, runs.values()) for r in runs.values() if "error" not in r],
        "runs": runs,
        "beside_plain": plain or before.get("beside_plain"),
        "load_before": load,
        "load_after": machine.load(),
    }
    return machine.write(name, content), content


def report(path, content):
    """Prints the table and draws the chart."""
    rows, plain = content["table"], content["beside_plain"]
    print_table(
        ["on", "dtype", "batch", "s per step (min–max)", "images/s", "peak GiB"]
        + ["TFLOP/s", "share of the matrix product's"],
        [
            [
                row["contender"],
                row["dtype"],
                row["batch"],
                f"{row['seconds']:.4f} ({row['fastest']:.4f}–{row['slowest']:.4f})",
                f"{row['images_a_second']:.0f}",
                f"{row['peak_bytes'] / 2**30:.2f}",
                f"{row['flops_a_second'] / 1e12:.3g}" if row["share"] else "needs JAX",
                f"{row['share']:.0%}" if row["share"] else "needs JAX",
            ]
            for row in rows
        ],
    )
    print()
    for key, run in content["runs"].items():
        if "error" in run:
            print(f"{key}: nothing measured: {run['error'].splitlines()[0]}")
    if plain and "ratio" in plain:
        low, high = min(plain["ratios"]), max(plain["ratios"])
        print(
            f"JAX, float32, {plain['batch']} images per update: ours takes "
            f"{plain['ratio']:.2f} ({low:.2f}–{high:.2f}) times the plain step"
        )
    elif plain:
        print(f"beside the plain step: nothing measured: {plain['error']}")
    print(f"The GPU part: {content['gpu_part']}")
    machine.write(path.stem, {**content, **machine.describe()})
    draw(rows, path.with_suffix(".png"), content["gpu_part"])
    print(f"\nWrote {path} and {path.with_suffix('.png').name}")


def _row(run, runs):
    seconds = statistics.median(run["seconds"])
    rate = max(
        other["matrix_flops_a_second"]
        for other in runs
        if other["dtype"] == run["dtype"] and "error" not in other
    )
    flops = run.get("flops") and run["flops"] / seconds
    return {
        "contender": run["contender"],
        "dtype": run["dtype"],
        "batch": run["batch"],
        "seconds": seconds,
        "fastest": min(run["seconds"]),
        "slowest": max(run["seconds"]),
        "images_a_second": run["images_a_step"] / seconds,
        "first_step_seconds": run["first_step_seconds"],
        "peak_bytes": run["peak_device_bytes"] or run["peak_memory_bytes"],
        "flops_a_second": flops,
        "matrix_flops_a_second": rate,
        "share": flops and flops / rate,
    }


def draw(rows, path, title):
    """Bars: images per second of each contender."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(7, 3), layout="constrained")
    names = [f"{row['contender']}, {row['dtype']}" for row in rows]
    bars = axis.barh(names, [row["images_a_second"] for row in rows])
    axis.bar_label(bars, fmt="%.0f", padding=3)
    axis.set_xlabel("images/s")
    axis.set_title(title, fontsize=8)
    axis.invert_yaxis()
    axis.margins(x=0.15)
    figure.savefig(path, dpi=120)


if __name__ == "__main__":
    main()
