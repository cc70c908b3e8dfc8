"""Stored outputs of the original implementation.

They lie beside the repository, in `../shared/golden`, or where the environment variable
`KERAS_S3GAN_GOLDEN` points. A test that needs a file that is not there is skipped.
"""

import json
import os
import pathlib

import numpy as np
import pytest

BESIDE = pathlib.Path(__file__).resolve().parents[2] / "shared" / "golden"


def load(name):
    """Dictionary of every array in the file `name` (`"item1_losses.npz"`)."""
    with np.load(_find(name), allow_pickle=False) as arrays:
        return dict(arrays)


def load_json(name):
    """Content of the JSON file `name`."""
    return json.loads(_find(name).read_text())


def _find(name):
    path = pathlib.Path(os.environ.get("KERAS_S3GAN_GOLDEN", BESIDE)) / name
    if not path.is_file():
        pytest.skip(f"golden values absent: no {path}; set KERAS_S3GAN_GOLDEN")
    return path
