"""The time of importing this package, in addition to Keras.

    python -m benchmarks.imports [--backends tensorflow torch jax] [--rounds 7]

Seconds of `import keras`, then of `import keras_s3gan`, then of every public room, in
processes of their own in which the backends take turns. Prints a table of medians and
writes `benchmarks/results/imports.json`.
"""

import argparse
import os
import statistics
import subprocess
import sys

from benchmarks import machine
from benchmarks.processes import THREAD_VARIABLES
from benchmarks.tables import print_table

BACKENDS = ("tensorflow", "torch", "jax")
ROOMS = (
    *("layers", "losses", "penalties", "networks", "models"),
    *("labels", "metrics", "data", "callbacks", "experiment"),
)
STEPS = {
    "keras": "import keras",
    "package": "import keras_s3gan",
    "rooms": f"from keras_s3gan import {', '.join(ROOMS)}",
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    machine.choose_backend(options.backends)
    load = machine.load()
    runs = {backend: [] for backend in options.backends}
    for _ in range(options.rounds):
        for backend in options.backends:
            runs[backend].append(measure(backend, options.threads))
            print(f"{backend}: {runs[backend][-1]}", flush=True)
    rows = [summarize(backend, found) for backend, found in runs.items()]
    print_table(
        ["backend", "import keras, s", "keras_s3gan beyond it, s (min–max)"]
        + ["every room beyond it, s (min–max)"],
        [
            [row["backend"], f"{row['keras']['median']:.2f}"]
            + [
                f"{row[name]['median']:.3f} "
                f"({row[name]['lowest']:.3f}–{row[name]['highest']:.3f})"
                for name in ("package", "rooms")
            ]
            for row in rows
        ],
    )
    content = {"options": vars(options), "table": rows, "runs": runs}
    loads = {"load_before": load, "load_after": machine.load()}
    path = machine.write("imports", {**content, **loads, **machine.describe()})
    print(f"\nWrote {path}")


def measure(backend, threads):
    """Seconds of each of `STEPS`, one after the other in a process that is new."""
    lines = ["import time", "marks = [time.perf_counter()]"]
    for step in STEPS.values():
        lines += [step, "marks.append(time.perf_counter())"]
    environment = dict.fromkeys(THREAD_VARIABLES, str(threads))
    environment |= {"KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    done = subprocess.run(
        [sys.executable, "-c", "\n".join([*lines, "print(*marks)"])],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    start, *marks = map(float, done.stdout.split())
    before = [start, *marks]
    return {
        name: mark - earlier
        for name, mark, earlier in zip(STEPS, marks, before, strict=False)
    }


def summarize(backend, runs):
    """A row of the table; the rooms with the package that they stand in."""
    seconds = {
        "keras": [run["keras"] for run in runs],
        "package": [run["package"] for run in runs],
        "rooms": [run["package"] + run["rooms"] for run in runs],
    }
    return {"backend": backend} | {
        name: {
            "median": statistics.median(values),
            "lowest": min(values),
            "highest": max(values),
        }
        for name, values in seconds.items()
    }


if __name__ == "__main__":
    main()
