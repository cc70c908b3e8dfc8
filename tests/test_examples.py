"""The scripts of examples/, in a small form, on every backend."""

import importlib.util
import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

EXAMPLES = Path(__file__).resolve().parents[1] / "examples"


@pytest.fixture
def photos(tmp_path, monkeypatch):
    """A folder of two classes, dark and light."""
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    random = np.random.default_rng(0)
    for name, brightness in (("dark", 0), ("light", 150)):
        (tmp_path / "photos" / name).mkdir(parents=True)
        for index in range(8):
            image = random.integers(0, 100, (8, 8, 3)) + brightness
            image = Image.fromarray(image.astype("uint8"))
            image.save(tmp_path / "photos" / name / f"{index}.png")
    return tmp_path / "photos"


def run(name, *arguments):
    """Runs `main` of a script as the command line would."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main([str(argument) for argument in arguments])


def test_few_labels(photos, tmp_path, capsys):
    run(
        "few_labels",
        *("--source", f"folder:{photos}", "--label-fraction", 0.5),
        *("--image-size", 8, "--base-channels", 4, "--epochs", 1),
        *("--output", tmp_path / "picture.png"),
    )
    printed = capsys.readouterr().out
    assert "16 images, 8 of them labelled" in printed
    (right,) = re.findall(r"gets right: ([\d.]+)", printed)
    assert 8 * float(right) in range(9)
    assert (tmp_path / "picture.png").is_file()


def test_layer_in_a_model(capsys):
    run("layer_in_a_model", "--epochs", 5, "--examples", 200)
    plain, normalized = (
        [float(value) for value in line.split("values ")[1].split(", ")]
        for line in capsys.readouterr().out.splitlines()
    )
    assert max(plain) > 1.2
    assert normalized == pytest.approx([1, 1, 1], abs=0.05)


def test_score_folders(photos, capsys):
    run("score_folders", photos, photos / "dark", "--image-size", 8)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "16 real and 8 generated images"
    scores = dict(line.split() for line in lines[1:])
    assert float(scores["FID"]) > 0
    # All of them are real ones, and half of those are missing.
    assert float(scores["precision"]) == 1
    assert float(scores["recall"]) < 1


def test_every_example_is_run():
    here = Path(__file__).read_text()
    for path in EXAMPLES.glob("*.py"):
        assert f'"{path.stem}"' in here
