"""`compare`."""

import pytest

from tests.cli.outcomes import refused
from tests.experiment.comparison.stand_ins import pretend
from tests.experiment.tiny import write_recipe
from tests.once import once


@once("a comparison starts the runs that test_train.py checks on each")
def test_a_comparison_trains_and_reports(command, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    recipe = write_recipe(tmp_path, steps=2)
    arguments = ("compare", str(recipe), "--fractions", "0.25", "--run-dir")
    code, out, _ = command(*arguments, str(tmp_path / "grid"))
    assert code == 0, out
    assert "1 of 1: tiny2-0.25-seed0 finished" in out
    assert "comparison.png" in out
    assert "| tiny2 | 25 % | 1 of 1 | " in (tmp_path / "grid/comparison.md").read_text()


def test_a_comparison_with_a_failed_run(command, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs" / "tiny2-0.5-seed1.broken").touch()
    arguments = ("compare", str(write_recipe(tmp_path, steps=2)), "--seeds", "0,1")
    code, out, _ = command(*arguments, "--run-dir", str(tmp_path))
    assert code == 1
    assert "tiny2-0.5-seed1 failed" in out
    assert "the [loss] is no number" in out
    assert "1 of 2" in out


def test_a_comparison_lists_its_runs(command, tmp_path):
    arguments = ("compare", "s3gan_co_mnist5k", "--seeds", "0,1", "--dry-run")
    code, out, _ = command(*arguments, "--fractions", "0.01,0.1")
    assert code == 0
    assert len(out.splitlines()) == 4
    line = out.splitlines()[0]
    assert line.startswith("keras-s3gan train s3gan_co_mnist5k --backend ")
    assert line.endswith("--run-dir runs/comparison/runs/s3gan_co_mnist5k-0.01-seed0")


@pytest.mark.parametrize(
    ("option", "value"),
    [
        *[("--fractions", "1.5"), ("--fractions", "few"), ("--fractions", "")],
        *[("--seeds", "-1"), ("--seeds", "0,0"), ("--seeds", "0.5"), ("--jobs", "0")],
    ],
)
def test_wrong_comparison(command, tmp_path, option, value):
    arguments = ("compare", "s3gan_co_mnist5k", "--run-dir", str(tmp_path))
    name = option.strip("-").removesuffix("s")
    refused(command(*arguments, f"{option}={value}"), "Received: ", name)
    assert list(tmp_path.iterdir()) == []
