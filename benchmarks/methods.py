"""The paper's table on the digits, and whether the paper's results hold there.

    python -m benchmarks.methods [--steps 2000] [--seeds 0 1 2] [--jobs 2]
        [--fractions 0.01 0.025 0.05 0.1 0.2] [--backend tensorflow]

Ten methods by `keras-s3gan compare`, one process per run. A stopped grid continues;
with `--no-run` only the finished runs are reported.
Whether the medians agree with each statement of the paper, with the numbers, is printed
and written below the table in `benchmarks/results/methods_mnist5k.md`. All runs are in
the csv file next to it, the machine in the json file. The archive next to them has the
recipe, record and scores of each run and its checkpoints, and the classifier that
scored them: with it the grid continues without the folders of the runs.
"""

import argparse
import csv
import json
import os
import shutil
import statistics
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import NamedTuple

from benchmarks import machine

METHODS = (
    *("biggan", "random_label", "single_label", "single_label_ss"),
    *("clustering", "clustering_ss", "s2gan", "s3gan", "s2gan_co", "s3gan_co"),
)
DATA_SET = "mnist5k"
NAME = f"methods_{DATA_SET}"
ARCHIVE = f"{NAME}_runs.tar.gz"
KEPT = (
    *(
        "runs/*/run.json",
        "runs/*/recipe.gin",
        "runs/*/scores.json",
        "runs/*/scores.csv",
    ),
    "cache/classifier-*.npz",
)
SMALL = 0.025
# Of the supervised model's FID.
ALLOWED = 1.05


class Comparison(NamedTuple):
    """One method's FID beside another's.

    Attributes:
        better: `(method, fraction)` that is to have the lower FID, or the same.
        worse: likewise.
        factor: float. That FID may be so many times the other's.
    """

    better: tuple
    worse: tuple
    factor: float = 1.0

    def holds(self, medians):
        return medians[self.better] <= self.factor * medians[self.worse]

    def text(self, medians):
        sides = (
            f"{_name(key)} {medians[key]:.2f}" for key in (self.better, self.worse)
        )
        return f" {'≤' if self.holds(medians) else '>'} ".join(sides)


def shape(fractions):
    """The lines of the paper's shape: a dictionary from text to `Comparison`s."""

    def at(method, fraction):
        return f"{method}_{DATA_SET}", fraction

    def by_fraction(better, worse, chosen=fractions):
        return [Comparison(at(better, f), at(worse, f)) for f in chosen]

    small = [fraction for fraction in fractions if fraction <= SMALL]
    none = [0.0]
    lines = {
        "S3GAN with 10 % of the labels is within 5 % of BigGAN's FID with all": [
            Comparison(at("s3gan", 0.1), at("biggan", 1.0), ALLOWED)
        ]
        if 0.1 in fractions
        else [],
        "S3GAN is no worse than S2GAN": by_fraction("s3gan", "s2gan"),
        "S3GAN-CO is no worse than S2GAN-CO": by_fraction("s3gan_co", "s2gan_co"),
        "Few labels (2.5 % at most): pre-trained is no worse than co-trained": [
            *by_fraction("s2gan", "s2gan_co", small),
            *by_fraction("s3gan", "s3gan_co", small),
        ],
        "No labels: rotations make nothing worse": [
            *by_fraction("single_label_ss", "single_label", none),
            *by_fraction("clustering_ss", "clustering", none),
        ],
        "No labels: clustering before a single label before random labels": [
            *by_fraction("clustering", "single_label", none),
            *by_fraction("single_label", "random_label", none),
        ],
    }
    return {text: comparisons for text, comparisons in lines.items() if comparisons}


def fids_of(rows):
    """Dictionary from `(recipe, fraction)` to the FIDs of its finished runs."""
    found = {}
    for row in rows:
        if row["fid"]:
            key = row["recipe"], float(row["label_fraction"])
            found.setdefault(key, []).append(float(row["fid"]))
    return found


def matrix(rows):
    """FIDs as a table in Markdown: one line per method, one column per label fraction.

    Median (least–largest), and how many seeds where it is not as many as elsewhere.
    """
    fids = fids_of(rows)
    fractions = sorted({fraction for _, fraction in fids})
    most = max(map(len, fids.values()), default=0)
    lines = [["method", *map(_share, fractions)], ["---"] * (1 + len(fractions))]
    for method in METHODS:
        found = [fids.get((f"{method}_{DATA_SET}", f), []) for f in fractions]
        lines.append([f"`{method}`", *(_cell(values, most) for values in found)])
    return [f"| {' | '.join(cells)} |" for cells in lines]


def _share(fraction):
    return {0.0: "no labels", 1.0: "all"}.get(fraction, f"{100 * fraction:.6g} %")


def _cell(fids, most):
    if not fids:
        return ""
    text = f"{statistics.median(fids):.2f}"
    if len(fids) > 1:
        text += f" ({min(fids):.2f}–{max(fids):.2f})"
    return text if len(fids) == most else f"{text}, {len(fids)} of {most} seeds"


def verdicts(rows, fractions):
    """A line of Markdown for each line of the shape."""
    medians = {key: statistics.median(fids) for key, fids in fids_of(rows).items()}
    lines = []
    for text, comparisons in shape(fractions).items():
        known = [c for c in comparisons if {c.better, c.worse} <= medians.keys()]
        held = sum(comparison.holds(medians) for comparison in known)
        if len(known) < len(comparisons):
            verdict = f"not known, {len(known)} of {len(comparisons)} have run"
        elif held == len(known):
            verdict = "holds"
        else:
            verdict = f"does not hold ({held} of {len(known)})"
        numbers = "; ".join(comparison.text(medians) for comparison in known)
        lines.append(f"- {text}: **{verdict}**. {numbers}".rstrip())
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--backend", default="tensorflow")
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument(
        "--fractions", type=float, nargs="+", default=[0.01, 0.025, 0.05, 0.1, 0.2]
    )
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--runs", type=Path, default=Path("runs", NAME))
    parser.add_argument("--no-run", action="store_true", help="report on what is there")
    options = parser.parse_args()
    unpack(options.runs)
    # One evaluation classifier for all runs, and labels that this version has inferred.
    os.environ["KERAS_S3GAN_CACHE"] = str((options.runs / "cache").resolve())
    code = 0
    if options.no_run:
        compare_what_is_there(options)
    else:
        code = subprocess.run(command(options)).returncode
    report(options)
    sys.exit(code)


def unpack(runs):
    """Brings back the runs of an earlier grid, where there is no folder of them."""
    archive = machine.RESULTS / ARCHIVE
    if archive.exists() and not runs.exists():
        with tarfile.open(archive) as file:
            file.extractall(runs, filter="data")


def pack(runs):
    """Keeps what is needed of the runs that are finished."""
    with tarfile.open(machine.RESULTS / ARCHIVE, "w:gz") as file:
        for pattern in KEPT:
            for path in sorted(runs.glob(pattern)):
                file.add(path, path.relative_to(runs))


def compare_what_is_there(options):
    """Writes the reports of the grid, where runs that are not finished are missing."""
    os.environ["KERAS_BACKEND"] = options.backend

    from keras_s3gan.experiment.comparison.grid import plan_grid
    from keras_s3gan.experiment.comparison.report import write_reports
    from keras_s3gan.experiment.comparison.rows import read_row
    from keras_s3gan.experiment.comparison.runs import RunState

    runs = plan_grid(
        [f"{method}_{DATA_SET}" for method in METHODS],
        *(options.runs, options.backend, options.fractions, options.seeds),
        bindings=[f"train.steps={options.steps}"],
    )
    write_reports([read_row(RunState(run)) for run in runs], options.runs)


def command(options):
    """What is typed for the grid, as a list."""
    return [
        *(sys.executable, "-m", "keras_s3gan.cli", "compare"),
        *(f"{method}_{DATA_SET}" for method in METHODS),
        *("--fractions", ",".join(map(str, options.fractions))),
        *("--seeds", ",".join(map(str, options.seeds))),
        *("--backend", options.backend, "--jobs", str(options.jobs)),
        *("--set", f"train.steps={options.steps}", "--run-dir", str(options.runs)),
    ]


def report(options):
    """Copies what the comparison wrote, adds the verdicts, and notes the machine."""
    with open(options.runs / "comparison.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    lines = [
        *matrix(rows),
        "",
        "The shape of the paper's table, by medians:",
        "",
        *verdicts(rows, options.fractions),
    ]
    print("\n" + "\n".join(lines))

    machine.RESULTS.mkdir(exist_ok=True)
    for end in ("csv", "png"):
        shutil.copy(
            options.runs / f"comparison.{end}", machine.RESULTS / f"{NAME}.{end}"
        )
    table = (options.runs / "comparison.md").read_text()
    table = table.replace("comparison.png", f"{NAME}.png")
    shown = f"FID, {options.steps:,} steps per run:"
    page = machine.RESULTS / f"{NAME}.md"
    page.write_text("\n".join([table, shown, "", *lines, ""]))
    pack(options.runs)
    records = [json.loads(path.read_text()) for path in options.runs.glob(KEPT[0])]
    content = {
        "backend": options.backend,
        "steps": options.steps,
        "commits_of_the_runs": sorted({record["git_commit"] for record in records}),
    }
    machine.write(NAME, content | machine.describe())
    print(f"\nWrote {page}, and csv, png and json beside it")


def _name(key):
    recipe, fraction = key
    return f"{recipe.removesuffix(f'_{DATA_SET}')} {100 * fraction:.6g} %"


if __name__ == "__main__":
    main()
