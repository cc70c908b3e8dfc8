"""Compare GAN's unusual conventions and the usual ones: which trains better.

    python -m benchmarks.conventions [--steps 1000] [--seeds 0 1] [--backend tensorflow]

One run of `s3gan_co_mnist5k_biggan` per convention and seed, each the recipe with one
binding changed. Prints a table of FID and class accuracy and writes
`benchmarks/results/conventions.json`; a grid that was stopped continues from the runs
that are done.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path

RECIPE = "s3gan_co_mnist5k_biggan"
ITERATE_AT_INFERENCE = (
    "BigGANGenerator.kernel_normalization = "
    '{"scheme": "spectral", "iterate_at_inference": True}'
)
NO_UNIT_GAIN = (
    "BigGANGenerator.normalization = "
    '{"scheme": "conditional_batch", "unit_gain": False}'
)
CONVENTIONS = {
    "defaults": (),
    "zero-insertion upsampling": ('BigGANGenerator.upsampling = "zero_insertion"',),
    'no "1 +" in the conditional gain': (NO_UNIT_GAIN,),
    "no identity shortcut": ("BigGANDiscriminator.identity_shortcut = False",),
    "power iteration at inference": (ITERATE_AT_INFERENCE,),
    "all of Compare GAN's": (
        'BigGANGenerator.upsampling = "zero_insertion"',
        NO_UNIT_GAIN,
        "BigGANDiscriminator.identity_shortcut = False",
        ITERATE_AT_INFERENCE,
    ),
}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1])
    parser.add_argument("--runs", type=Path, default=Path("runs/conventions"))
    options = parser.parse_args()
    table = []
    for name, bindings in CONVENTIONS.items():
        scores = [score(options, name, bindings, seed) for seed in options.seeds]
        table.append({"convention": name, "bindings": bindings, "scores": scores})
        print(row(table[-1]), flush=True)
    report(options, table)


def score(options, name, bindings, seed):
    """Trains one run, unless it is finished, and reads its scores."""
    slug = "".join(c if c.isalnum() else "-" for c in name).strip("-")
    folder = options.runs / f"{slug}-{options.backend}-{options.steps}-seed{seed}"
    command = [sys.executable, "-m", "keras_s3gan.cli", "train", RECIPE]
    command += ["--backend", options.backend, "--seed", str(seed)]
    command += ["--run-dir", str(folder)]
    for binding in (*bindings, f"train.steps = {options.steps}"):
        command += ["--set", binding]
    with open(os.devnull, "w") as nowhere:
        subprocess.run(command, stdout=nowhere, check=True)
    scores = json.loads((folder / "scores.json").read_text())
    return {
        "seed": seed,
        "fid": scores["fid"]["value"],
        "class_accuracy": scores["class_accuracy"]["value"],
        "training_seconds": scores["run"]["training_seconds"],
    }


def row(entry):
    """A line of the table: the median over the seeds, and every FID."""
    fids = [score["fid"] for score in entry["scores"]]
    accuracy = statistics.median(s["class_accuracy"] for s in entry["scores"])
    each = ", ".join(f"{fid:.1f}" for fid in fids)
    return (
        f"| {entry['convention']} | {statistics.median(fids):.1f} ({each}) "
        f"| {accuracy:.3f} |"
    )


def report(options, table):
    """Prints the table and writes JSON."""
    from benchmarks import machine

    print("\n| convention | FID, median (each seed) | class accuracy |")
    print("| --- " * 3 + "|")
    for entry in table:
        print(row(entry))
    settings = {"recipe": RECIPE, "backend": options.backend, "steps": options.steps}
    path = machine.write(
        "conventions", {**settings, "table": table} | machine.describe()
    )
    print(f"\nWrote {path}")


if __name__ == "__main__":
    main()
