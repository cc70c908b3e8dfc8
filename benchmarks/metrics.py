"""Scores on features beside other packages: seconds, memory, agreement.

    python -m benchmarks.metrics [--count 10000] [--rounds 3] [--threads 2]

Each score of `--count` real and as many generated features of 2,048 dimensions, ours
and the packages' in alternation, each with the same number of threads of linear algebra
(`prdc` starts eight of its own besides). Features are rectified and correlated, as
Inception's are. Prints a table of medians and writes `benchmarks/results/metrics.json`.
Needs the extra `reference`.
"""

import argparse
import contextlib
import io
import json
import os
import statistics
import subprocess
import sys
import time
import tracemalloc
import warnings

from benchmarks import machine

DIMENSION = 2048
NEAREST = 5
KERNEL_SUBSETS, KERNEL_SUBSET_SIZE = 20, 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=os.cpu_count())
    parser.add_argument("--memory", metavar="SCORE", help=argparse.SUPPRESS)
    options = parser.parse_args()
    # Scores on features run on no backend; PyTorch is needed beside them anyway.
    os.environ["KERAS_BACKEND"] = "torch"
    machine.pin_threads(options.threads)
    if options.memory:
        print(json.dumps(measure_memory(options.memory, options.count)))
        return

    load = machine.load()
    runs = measure(options)
    rows = summarize(runs)
    print(
        "\n| score | ours | other | ratio | relative difference |\n"
        + "| --- " * 5
        + "|"
    )
    for row in rows:
        score = row["score"]
        print(
            f"| {score} | {row['seconds']:.2f} s | {row['package']} "
            f"{row['package_seconds']:.2f} s | {row['ratio']:.2f} | "
            f"{row['difference']:.1e}{' (other subsets)' * (score == 'KID')} |"
        )
    memory = {
        "manifold_scores": memory_of("manifold", options.count),
        "streaming_frechet": {
            str(count): memory_of("streaming", count) for count in (2_000, 20_000)
        },
    }
    for score, value in memory.items():
        print(f"memory beside the features, MB, {score}: {value}")
    content = {
        "count": options.count,
        "dimension": DIMENSION,
        "threads": options.threads,
        "load_before": load,
        "load_after": machine.load(),
        "rows": rows,
        "memory_mb": memory,
        "runs": runs,
    }
    path = machine.write("metrics", {**content, **machine.describe()})
    print(f"Wrote {path}")


def features(count, seed, shift=0.0):
    """Rectified features whose variances decay, `[count, 2048]`, float32."""
    import numpy as np

    mixing = np.random.default_rng(99).normal(size=(DIMENSION, DIMENSION))
    mixing *= np.exp(-np.arange(DIMENSION) / 400)[:, None] / 45
    noise = np.random.default_rng(seed).normal(size=(count, DIMENSION))
    mixed = noise.astype("float32") @ mixing.astype("float32")
    return np.maximum(mixed + np.float32(shift), 0)


def measure(options):
    """Every contender of every score, `rounds` times in alternation."""
    real, generated = features(options.count, 0), features(options.count, 1, 0.005)
    runs = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for score, contenders in scores().items():
            for round_number in range(options.rounds):
                for package, function in contenders.items():
                    start = time.perf_counter()
                    with contextlib.redirect_stdout(io.StringIO()):
                        value = function(real, generated)
                    seconds = time.perf_counter() - start
                    run = {
                        "score": score,
                        "package": package,
                        "round": round_number,
                        "seconds": seconds,
                        "value": [float(part) for part in value],
                    }
                    runs.append(run)
                    print(f"{score}, {package}: {seconds:.2f} s", flush=True)
    return runs


def scores():
    """By score, who computes it: functions of two arrays that return numbers."""
    import numpy as np
    import pytest
    import torch

    from keras_s3gan import metrics
    from tests.metrics.reference_packages import reference

    patch = pytest.MonkeyPatch()
    pytorch_fid = reference("pytorch_fid.fid_score", patch)
    fidelity_fid = reference("torch_fidelity.metric_fid", patch)
    fidelity_kid = reference("torch_fidelity.metric_kid", patch)
    clean_fid = reference("cleanfid.fid", patch)
    prdc = reference("prdc", patch)
    patch.undo()

    def by_pytorch_fid(*sides):
        moments = [(np.mean(x, axis=0), np.cov(x, rowvar=False)) for x in sides]
        return [pytorch_fid.calculate_frechet_distance(*moments[0], *moments[1])]

    def by_torch_fidelity(*sides):
        moments = [
            fidelity_fid.fid_features_to_statistics(torch.from_numpy(x)) for x in sides
        ]
        return fidelity_fid.fid_statistics_to_metric(*moments, False).values()

    def kernel_by_torch_fidelity(*sides):
        found = fidelity_kid.kid_features_to_metric(
            *map(torch.from_numpy, sides),
            kid_subsets=KERNEL_SUBSETS,
            kid_subset_size=KERNEL_SUBSET_SIZE,
            verbose=False,
        )
        return list(found.values())[:1]

    def kernel(*sides):
        found = metrics.kernel_distance(*sides, KERNEL_SUBSETS, KERNEL_SUBSET_SIZE)
        return [found.mean]

    def kernel_by_clean_fid(*sides):
        return [clean_fid.kernel_distance(*sides, KERNEL_SUBSETS, KERNEL_SUBSET_SIZE)]

    return {
        "FID": {
            "ours": lambda *sides: [metrics.frechet_distance(*sides)],
            "torch-fidelity": by_torch_fidelity,
            "pytorch-fid": by_pytorch_fid,
        },
        "KID": {
            "ours": kernel,
            "torch-fidelity": kernel_by_torch_fidelity,
            "clean-fid": kernel_by_clean_fid,
        },
        "PRDC": {
            "ours": lambda *sides: metrics.manifold_scores(*sides, NEAREST),
            "prdc": lambda *sides: prdc.compute_prdc(*sides, NEAREST).values(),
        },
    }


def summarize(runs):
    """A line for each other package: medians, their ratio, and the difference."""

    def of(score, package):
        return [r for r in runs if (r["score"], r["package"]) == (score, package)]

    rows = []
    for score, package in dict.fromkeys((r["score"], r["package"]) for r in runs):
        if package == "ours":
            continue
        ours, theirs = of(score, "ours"), of(score, package)
        seconds, others = (
            statistics.median(run["seconds"] for run in part) for part in (ours, theirs)
        )
        # Of neighbouring runs, which a busy machine slows alike.
        ratios = [
            their["seconds"] / our["seconds"]
            for our, their in zip(ours, theirs, strict=True)
        ]
        difference = max(
            abs(a - b) / abs(b)
            for a, b in zip(ours[0]["value"], theirs[0]["value"], strict=True)
        )
        rows.append(
            {
                "score": score,
                "package": package,
                "seconds": seconds,
                "package_seconds": others,
                "ratio": statistics.median(ratios),
                "ratios": ratios,
                "difference": difference,
            }
        )
    return rows


def memory_of(score, count):
    """Megabytes beside the features, measured in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.metrics"]
    done = subprocess.run(
        [*command, "--memory", score, "--count", str(count)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def measure_memory(score, count):
    from keras_s3gan import metrics

    if score == "streaming":
        batch = features(500, 0)
        metrics.FeatureStatistics.from_features(batch)
        tracemalloc.start()
        streamed = metrics.FeatureStatistics(DIMENSION)
        for _ in range(count // len(batch)):
            streamed.update(batch)
    else:
        sides = features(count, 0), features(count, 1, 0.005)
        tracemalloc.start()
        metrics.manifold_scores(*sides, NEAREST)
    return round(tracemalloc.get_traced_memory()[1] / 1e6, 1)


if __name__ == "__main__":
    main()
