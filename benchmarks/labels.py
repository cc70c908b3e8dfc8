"""The accuracy of inferred labels, compared with two baselines.

    python -m benchmarks.labels [--fractions 0.01 0.025 0.05 0.1 0.2] [--seeds 0 1 2]

The semi-supervised classifier of `s3gan_mnist5k`; the same network, augmentation and
steps on the labelled images alone; and scikit-learn's `LabelSpreading` on the pixels.
Prints a table of medians (and ranges) over the seeds, and writes
`benchmarks/results/labels.json`. Labels are cached, so that a grid which was stopped
continues.
"""

import argparse
import os
import statistics
import time

RECIPE = "s3gan_mnist5k"
ALONE = (
    "semi_supervised.weight_rotation_loss = 0.0",
    "semi_supervised.weight_consistency_loss = 0.0",
)
METHODS = ("semi-supervised", "labelled images alone", "label spreading")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument(
        "--fractions", type=float, nargs="+", default=[0.01, 0.025, 0.05, 0.1, 0.2]
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    options = parser.parse_args()
    os.environ["KERAS_BACKEND"] = options.backend

    runs = []
    for seed in options.seeds:
        for fraction in options.fractions:
            for method in METHODS:
                runs.append(measure(method, fraction, seed))
                print(
                    f"{method}, {fraction:.1%}, seed {seed}: "
                    f"{runs[-1]['accuracy']:.4f} in {runs[-1]['seconds']:.0f} s",
                    flush=True,
                )
    report(options, runs)


def measure(method, fraction, seed):
    """Accuracy on the images with masked labels."""
    from keras_s3gan.experiment.recipe.resolve import resolve_recipe
    from keras_s3gan.experiment.runs.image_source import open_source
    from keras_s3gan.experiment.runs.training_labels import training_labels

    bindings = [f"train.label_fraction = {fraction}"]
    if method == "labelled images alone":
        bindings += ALONE
    resolved = resolve_recipe(RECIPE, bindings, seed)
    source = open_source(resolved.settings)
    if method == "label spreading":
        result = spread(source, fraction, seed)
    else:
        labels = training_labels(
            resolved, source, (32, 32, 1), 10, report=lambda line: None
        )
        accuracy = labels.report["label_accuracy"]
        result = {
            "accuracy": accuracy["value"],
            "per_class": accuracy["per_class"],
            "seconds": labels.report["seconds"],
        }
    return {"method": method, "fraction": fraction, "seed": seed, **result}


def spread(source, fraction, seed):
    """Label spreading over the graph of nearest neighbours in pixels."""
    from sklearn.semi_supervised import LabelSpreading

    from keras_s3gan.labels import InferredLabels, mask_labels

    truth = source.labels()
    masked, given_ids = mask_labels(truth, fraction, seed)
    start = time.perf_counter()
    pixels = source.images.reshape(len(source), -1) / 255.0
    spreading = LabelSpreading(kernel="knn", n_neighbors=7, alpha=0.2)
    found = spreading.fit(pixels, masked).transduction_
    accuracy = InferredLabels(found, given_ids, source.num_classes).accuracy(truth)
    return {
        "accuracy": accuracy["value"],
        "per_class": accuracy["per_class"],
        "seconds": time.perf_counter() - start,
    }


def report(options, runs):
    """Prints the table and writes JSON."""
    from benchmarks import machine

    print(f"\n| labels | {' | '.join(METHODS)} |\n{'| --- ' * 4}|")
    for fraction in options.fractions:
        cells = []
        for method in METHODS:
            values = [
                run["accuracy"]
                for run in runs
                if (run["method"], run["fraction"]) == (method, fraction)
            ]
            middle = statistics.median(values)
            cells.append(f"{middle:.4f} ({min(values):.4f}–{max(values):.4f})")
        print(f"| {fraction:.1%} | {' | '.join(cells)} |")
    content = {"recipe": RECIPE, "backend": options.backend, "runs": runs}
    path = machine.write("labels", {**content, **machine.describe()})
    print(f"\nWrote {path}")


if __name__ == "__main__":
    main()
