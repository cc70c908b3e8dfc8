"""A grid without training: made-up runs, made-up rows, a program that pretends."""

import dataclasses
import sys
from pathlib import Path

from keras_s3gan.experiment.comparison.rows import COLUMNS

# Takes the arguments of `train`, notes that it was called and leaves a finished run.
# A file `broken` beside the folder makes it fail.
PROGRAM = """
import json, os, pathlib, sys
arguments = sys.argv[1:]
value = lambda name: arguments[arguments.index(name) + 1]
folder = pathlib.Path(value("--run-dir"))
with open(folder.parent / "calls.txt", "a") as calls:
    calls.write(f"{folder.name} {os.environ.get('OMP_NUM_THREADS')}\\n")
if (folder.parent / f"{folder.name}.broken").exists():
    sys.exit("something to read first\\nkeras-s3gan: the [loss] is no number\\n")
folder.mkdir(parents=True)
record = {"status": "finished", "backend": value("--backend"), "training_seconds": 60}
(folder / "run.json").write_text(json.dumps(record))
(folder / "recipe.gin").write_text("train.seed = " + value("--seed"))
seed = int(value("--seed"))
images = {"n_generated": 20, "n_real": 40, "features": "squares"}
(folder / "scores.json").write_text(json.dumps({
    "fid": {"value": 10.0 + seed, **images},
    "class_accuracy": {"value": 0.5, **images},
    "run": {"source": "squares", "steps": 4, "training_seconds": 60},
}))
"""


@dataclasses.dataclass(frozen=True)
class FakeRun:
    """What the runs of a comparison need of a `PlannedRun`."""

    path: Path
    recipe: str = "recipe"
    fraction: float = 0.1
    seed: int = 0
    backend: str = "torch"
    finished: bool = False

    @property
    def log(self):
        return self.path.with_name(f"{self.path.name}.log")

    @property
    def arguments(self):
        run_dir = ("--run-dir", str(self.path))
        return ("train", "--backend", self.backend, "--seed", str(self.seed), *run_dir)

    def is_finished(self):
        return self.finished


def pretend(monkeypatch, directory):
    """Lets every run be run by `PROGRAM`."""
    program = directory / "program.py"
    program.write_text(PROGRAM)
    monkeypatch.setattr(
        "keras_s3gan.experiment.comparison.runs.PROGRAM", (sys.executable, str(program))
    )


def called(directory):
    """The names of the folders that `PROGRAM` was started for, and its threads."""
    calls = directory / "calls.txt"
    lines = calls.read_text().splitlines() if calls.exists() else []
    return [tuple(line.split()) for line in lines]


def row(recipe="s3gan", fraction=0.1, seed=0, fid=2.0, **changes):
    """A row of a finished run, or of a failed one where `fid` is `None`."""
    known = {
        "recipe": recipe,
        "label_fraction": fraction,
        "seed": seed,
        "status": "finished" if fid is not None else "failed",
        "fid": fid,
        "backend": "torch",
        "folder": f"{recipe}-{fraction}-seed{seed}",
        "error": None if fid is not None else "exit code 2: diverged",
    }
    if fid is not None:
        known |= {
            "class_accuracy": 0.9,
            "training_seconds": 1000.0,
            "source": "squares",
            "n_generated": 5000,
            "n_real": 4000,
            "features": "judge",
        }
    return {**dict.fromkeys(COLUMNS), **known, **changes}
