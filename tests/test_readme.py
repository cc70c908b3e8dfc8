"""The README's programs run as they stand, on less data."""

import re
from pathlib import Path

import keras
import numpy as np

from tests.once import once

README = Path(__file__).resolve().parents[1] / "README.md"


def programs():
    return re.findall(r"```python\n(.*?)```", README.read_text(), re.DOTALL)


@once
def test_fit_on_own_arrays():
    program = programs()[0].replace('"base_channels": 16', '"base_channels": 2')
    assert "epochs=100" in program and "batch_size=64" in program
    program = program.replace("epochs=100", "epochs=1, verbose=0")
    random = np.random.default_rng(0)
    names = {
        "images": random.uniform(-1, 1, (32, 32, 32, 3)).astype("float32"),
        "labels": random.integers(-1, 10, 32).astype("int32"),
    }
    exec(program.replace("batch_size=64", "batch_size=16"), names)
    assert names["new_images"].shape == (3, 32, 32, 3)
    assert int(names["gan"].steps.value) == 1


def test_a_layer_in_another_model():
    random = np.random.default_rng(0)
    names = {
        "x": random.standard_normal((8, 16, 16, 3)).astype("float32"),
        "y": random.standard_normal((8, 1)).astype("float32"),
    }
    exec(programs()[1], names)
    assert names["critic"].predict(names["x"], verbose=0).shape == (8, 1)


@once
def test_labels_without_a_gan(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    program = programs()[2].replace("image_size=32", "image_size=16, base_channels=4")
    assert "epochs=20" in program
    random = np.random.default_rng(0)
    names = {
        "images": random.uniform(-1, 1, (24, 16, 16, 3)).astype("float32"),
        "labels": random.integers(-1, 10, 24).astype("int32"),
    }
    exec(program.replace("epochs=20", "epochs=1, verbose=0, batch_size=8"), names)
    assert (names["inferred"].labels >= 0).all()
    assert (tmp_path / "labels.npz").is_file()


def test_scores_of_any_network():
    random = np.random.default_rng(0)
    images = random.integers(0, 256, (2, 20, 8, 8, 3)).astype("uint8")
    network = keras.Sequential(
        [keras.Input((8, 8, 3)), keras.layers.Flatten(), keras.layers.Dense(4)]
    )
    names = {
        "network": network,
        "real_batches": np.split(images[0], 4),
        "generated_batches": np.split(images[1], 4),
    }
    exec(programs()[3], names)
    assert names["fid"] > 0
