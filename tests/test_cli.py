import json
import os
import subprocess
import sys

import pytest

from keras_s3gan import backend
from keras_s3gan.cli import main
from keras_s3gan.experiment.planning import environment
from tests.experiment.comparison.stand_ins import pretend
from tests.experiment.tiny import STAGES, write_recipe
from tests.once import once


@pytest.fixture
def command(capsys):
    """Runs the command line in this process: exit code, stdout, stderr."""

    def run(*arguments):
        with pytest.raises(SystemExit) as exit_:
            main(arguments)
        captured = capsys.readouterr()
        return exit_.value.code, captured.out, captured.err

    return run


def refused(outcome, *words):
    code, _, errors = outcome
    assert code == 2
    assert errors.count("\n") == 1, errors
    assert errors.startswith("keras-s3gan: ")
    for word in words:
        assert word in errors


def test_help_and_recipes_do_not_import_keras():
    # Keras reads its backend at import, and help should not wait for a framework.
    program = (
        "import sys; from keras_s3gan_command import main\n"
        "sys.argv[1:] = ['recipes']\n"
        "try: main()\n"
        "except SystemExit: print('keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.stdout.decode().splitlines()[-1] == "False", done.stderr


def test_help_names_every_command(command):
    code, out, _ = command("--help")
    assert code == 0
    for name in (
        *("train", "labels", "sample", "interpolate"),
        *("evaluate", "compare", "plan", "recipes"),
    ):
        assert f" {name} " in out


def test_recipes_are_listed_a_line_each(command):
    code, out, _ = command("recipes")
    assert code == 0
    names = [line.split()[0] for line in out.splitlines()]
    assert {"s3gan_co_mnist5k", "s3gan_co_mnist5k_full"} <= set(names)


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


def test_unquoted_string(command):
    outcome = command("train", "s3gan_co_mnist5k", "--set", "train.source=mnist5k")
    refused(outcome, "--set train.source=mnist5k", "quotes")


def test_backend_that_is_not_installed(command, monkeypatch):
    monkeypatch.setattr(
        "keras_s3gan.experiment.start.backend.is_installed", lambda backend: False
    )
    outcome = command("train", "s3gan_co_mnist5k", "--backend", "jax")
    refused(outcome, "not installed. Install it with: pip install jax")


def test_folder_without_images(command, tmp_path):
    (tmp_path / "images").mkdir()
    source = f'train.source="folder:{tmp_path / "images"}"'
    run_dir = tmp_path / "run"
    outcome = command(
        "train", "s3gan_co_mnist5k", "--run-dir", str(run_dir), "--set", source
    )
    refused(outcome, "images")
    assert not (run_dir / "run.json").exists()


@pytest.mark.parametrize("name", ["sample", "interpolate", "evaluate"])
def test_folder_that_is_no_run(command, tmp_path, name):
    refused(command(name, str(tmp_path)), "is not the folder of a run")


def test_scores_are_listed(command):
    code, out, _ = command("scores")
    assert code == 0
    assert "fid " in out and "↓" in out and "jacobian_conditioning" in out


@once
def test_a_run_is_evaluated(command, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    run = str(tmp_path / "run")
    code, out, _ = command("train", str(write_recipe(tmp_path)), "--run-dir", run)
    assert code == 0 and "class_accuracy" in out
    evaluate = ("evaluate", run, "--metrics")
    refused(command(*evaluate, "fid,nope"), "one of fid,", "Received: nope")
    refused(command(*evaluate, "fid_test"), "split=test", "folder:")
    code, out, _ = command(*evaluate, "fid,kid15", "--repeats", "2", "--samples", "10")
    assert code == 0 and "±" in out and "kid15" in out
    code, out, _ = command(*evaluate, "fid", "--samples", "10", "--all-checkpoints")
    assert code == 0 and "fid10_train" in out
    assert len([row for row in out.splitlines() if "*" in row]) == 2  # and the legend
    code, out, _ = command("sample", run, "--checkpoint", "2")
    assert code == 0
    refused(command("sample", run, "--checkpoint", "best"), "evaluate_every_epochs")


def test_library_errors_are_one_line(command):
    outcome = command("train", "s3gan_co_mnist5k", "--set", "train.batch_size=0")
    refused(outcome, "Received: train.batch_size=0")


def test_traceback_on_request():
    with pytest.raises(ValueError, match="no recipe 'nothing'"):
        main(["--traceback", "train", "nothing"])


def test_labels_that_are_no_numbers(command, tmp_path):
    (tmp_path / "run.json").write_text("{}")
    (tmp_path / "recipe.gin").write_text("")
    outcome = command("sample", str(tmp_path), "--labels", "one,two")
    refused(outcome, "--labels=one,two")


@once
def test_labels_are_inferred_written_and_tabulated(command, tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    bindings = (
        f"{STAGES}\ntrain.pseudo_labelling = @semi_supervised",
        "train.seed = 3",
    )
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


@once
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


@once
def test_steps_are_timed_on_this_machine(command, tmp_path, monkeypatch):
    # Set by the command, which is a process of its own elsewhere.
    for name in ("JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, os.environ.get(name, ""))
    device, _ = backend.default_device()
    plan = ("plan", str(write_recipe(tmp_path)), "--device")
    code, out, _ = command(*plan, device, "--batch", "16")
    assert code == 0, out
    assert "16; 32 real images per step" in out and "4 steps" in out
    other = "gpu" if device == "cpu" else "cpu"
    refused(command(*plan, other), f"device={other}", device)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), ("--topology", "--device")),
        (("--topology", "v5e:2x2", "--device", "cpu"), ("--device=cpu",)),
        (("--topology", "v9:2x2"), ("v3, v4, v5e", "topology=v9:2x2")),
        (("--topology", "v5e:2x2,v5e:4x4"), ("--sweep",)),
        (("--topology", "v5e:2x2", "--batch", "8,16"), ("--sweep", "--batch=8,16")),
        (("--topology", "v5e:2x2", "--batch", "few"), ("--batch=few",)),
        (("--topology", "v5e:2x2", "--backend", "torch"), ("--backend=torch",)),
        (("--device", "tpu"), ("cpu, gpu", "--device=tpu")),
    ],
)
def test_wrong_plan(command, arguments, words):
    refused(command("plan", "s3gan_co_mnist5k", *arguments), *words)


def test_a_plan_without_its_compiler(command, monkeypatch):
    monkeypatch.setattr(
        environment, "is_installed", lambda package: package != "libtpu"
    )
    outcome = command("plan", "s3gan_co_mnist5k", "--topology", "v5e:2x2")
    refused(outcome, "libtpu is not installed", "pip install jax libtpu")


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
