"""The time of scoring during training.

    python -m benchmarks.evaluation [demo_mnist5k] [--backends tensorflow torch jax]
        [--steps N]

Trains a recipe at its own `train.evaluate_every_epochs` and `train.evaluation_samples`,
one process per backend, and notes the time that the callback takes of each epoch: the
pictures, the moments, the classifier and the best checkpoint. Its first call also looks
at the real images and compiles. Writes `benchmarks/results/evaluation.json`.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("recipe", nargs="?", default="demo_mnist5k")
    parser.add_argument("--backends", nargs="+", default=["tensorflow", "torch", "jax"])
    parser.add_argument("--steps", type=int, help="Default: the recipe's.")
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        print(json.dumps(measure(options)))
        return

    from benchmarks import machine

    rows, load_before = [], machine.load()
    for backend in options.backends:
        print(f"{backend} …", flush=True)
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.evaluation", *sys.argv[1:], "--worker"],
            env={**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        rows.append({"backend": backend, **json.loads(done.stdout.splitlines()[-1])})
    print("\n| backend | training, s | scoring, s (first, later) | share |")
    print("| --- | --- | --- | --- |")
    for row in rows:
        first, *later = row["scoring_seconds"]
        rest = sum(later) / max(1, len(later))
        print(
            f"| {row['backend']} | {row['training_seconds']:.1f} | {len(later) + 1} "
            f"times ({first:.2f}, {rest:.2f}) | {row['share']:.1%} |"
        )
    settings = {"recipe": options.recipe, "rows": rows}
    load = {"load_before": load_before, "load_after": machine.load()}
    path = machine.write("evaluation", settings | load | machine.describe())
    print(f"\nWrote {path}")


def measure(options):
    """In a worker: seconds of training, and of each call of the callback."""
    from keras_s3gan.callbacks import ScoreCallback, read_history
    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.train import train

    scoring = []
    score = ScoreCallback.on_epoch_end

    def timed(self, epoch, logs=None):
        start, names = time.perf_counter(), len(logs)
        score(self, epoch, logs)
        if len(logs) > names:
            scoring.append(time.perf_counter() - start)

    ScoreCallback.on_epoch_end = timed
    bindings = [f"train.steps = {options.steps}"] if options.steps else []
    resolved = resolve_recipe(options.recipe, bindings)
    with tempfile.TemporaryDirectory() as path:
        folder = train(resolved, path, report=lambda line: None)
        history = read_history(folder.history)
    seconds = sum(float(row["seconds"]) for row in history) - sum(scoring)
    settings = resolved.settings
    return {
        "steps": settings.steps,
        "evaluate_every_epochs": settings.evaluate_every_epochs,
        "steps_per_epoch": settings.steps_per_epoch,
        "evaluation_samples": settings.evaluation_samples,
        "training_seconds": seconds,
        "scoring_seconds": scoring,
        "share": sum(scoring) / seconds,
    }


if __name__ == "__main__":
    main()
