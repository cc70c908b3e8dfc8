"""`train` and `labels`."""

import json

from tests.cli.outcomes import refused
from tests.experiment.tiny import stage, write_recipe
from tests.once import once


def test_dry_run_prints_a_recipe_that_resolves_to_itself(command, tmp_path):
    code, out, _ = command(
        "train", "s3gan_co_mnist5k", "--dry-run", "--seed", "4", "--set", "channels=3"
    )
    assert code == 0
    assert "train.seed = 4" in out
    assert "channels = 3" in out
    (tmp_path / "again.gin").write_text(out)
    assert command("train", str(tmp_path / "again.gin"), "--dry-run")[1] == out


def test_unknown_recipe(command):
    outcome = command("train", "s3gan_co_mnist")
    refused(outcome, "no recipe 's3gan_co_mnist'", "s3gan_co_mnist5k")


def test_unknown_binding(command):
    outcome = command("train", "s3gan_co_mnist5k", "--set", "train.stepz=3")
    refused(outcome, "stepz", "train.stepz=3")


def test_a_string_without_quotes(command):
    setting = "train.source = folder:my photos"
    code, out, _ = command("train", "s3gan_co_mnist5k", "--set", setting, "--dry-run")
    assert code == 0
    assert "train.source = 'folder:my photos'" in out


def test_an_expression_is_refused(command):
    outcome = command("train", "s3gan_co_mnist5k", "--set", "train.steps=2*10")
    refused(outcome, "--set train.steps=2*10", "no value is computed")


def test_folder_without_images(command, tmp_path):
    (tmp_path / "images").mkdir()
    source = f'train.source="folder:{tmp_path / "images"}"'
    run_dir = tmp_path / "run"
    outcome = command(
        "train", "s3gan_co_mnist5k", "--run-dir", str(run_dir), "--set", source
    )
    refused(outcome, "images")
    assert not (run_dir / "run.json").exists()


@once("the command calls what test_labels.py checks on each")
def test_labels_are_inferred_written_and_tabulated(command, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    bindings = (stage("semi_supervised"), "train.seed = 3")
    options = [option for binding in bindings for option in ("--set", binding)]
    run_dir = tmp_path / "inferred"
    recipe = str(write_recipe(tmp_path))
    code, out, _ = command("labels", recipe, "--run-dir", str(run_dir), *options)
    assert code == 0, out
    assert {path.name for path in run_dir.iterdir()} == {"labels.npz", "labels.json"}
    report = json.loads((run_dir / "labels.json").read_text())
    row = next(line for line in out.splitlines() if "label_accuracy" in line)
    assert f"{report['label_accuracy']['value']:.4f}" in row
    assert "20 images with masked labels" in row
    assert f"Wrote {run_dir / 'labels.npz'} and labels.json" in out


def test_labels_of_a_recipe_without_pseudo_labelling(command, tmp_path):
    recipe = str(write_recipe(tmp_path))
    outcome = command("labels", recipe, "--run-dir", str(tmp_path / "inferred"))
    refused(outcome, "tiny4 has no pseudo-labelling", "train.pseudo_labelling=None")
    assert not (tmp_path / "inferred").exists()
