"""Screening, and who is run in full after it."""

import keras
from typer.testing import CliRunner

from keras_s3gan.cli.app import app
from keras_s3gan.experiment.comparison.halving import survivors
from tests.experiment.comparison.stand_ins import FakeRun, called, pretend, row


def test_the_better_half_of_each_fraction_stays(tmp_path):
    fids = {"a": (3.0, 1.0), "b": (1.0, 3.0), "c": (2.0, 2.0), "d": (None, 9.0)}
    runs = [
        FakeRun(tmp_path, recipe, fraction, seed)
        for recipe in (*fids, "all")
        for fraction in ((1.0,) if recipe == "all" else (0.1, 0.2))
        for seed in (0, 1)
    ]
    rows = [
        row(recipe, fraction, fid=fid)
        for recipe, pair in fids.items()
        for fraction, fid in zip((0.1, 0.2), pair, strict=True)
    ]
    rows.append(row("all", 1.0, fid=50.0))
    kept, left_out = survivors(runs, rows)
    found = {(run.recipe, run.fraction) for run in kept}
    # Of the failed run nothing is known; the supervised one is there to compare with.
    assert found == {
        *(("b", 0.1), ("c", 0.1), ("d", 0.1)),
        *(("a", 0.2), ("c", 0.2), ("all", 1.0)),
    }
    assert len(kept) == 2 * len(found)
    assert [(r["recipe"], r["fid"]) for r in left_out] == [
        *(("a", 3.0), ("b", 3.0), ("d", 9.0))
    ]


def test_the_command_screens_first(written, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    recipes = [str(written(name)) for name in ("one", "two")]
    run_dir = tmp_path / "grid"
    arguments = ["compare", *recipes, "--seeds", "0,1", "--run-dir", str(run_dir)]
    arguments += ["--backend", keras.backend.backend(), "--halving"]
    shown = CliRunner().invoke(app, [*arguments, "--dry-run"]).output.splitlines()
    assert sum("train.steps=2" in line for line in shown) == 2 < len(shown) == 6
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 0, done.output
    assert len(called(run_dir / "screening" / "runs")) == 2
    # The first of two equal ones stays, with both seeds.
    assert [name for name, _ in called(run_dir / "runs")] == [
        *("one-0.5-seed0", "one-0.5-seed1")
    ]
    report = (run_dir / "comparison.md").read_text()
    assert "- two at 50 %: 10.00 after 4 steps, seed 0" in report
