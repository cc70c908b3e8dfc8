import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from tests.metrics import torch_reference

ROOT = Path(__file__).resolve().parents[2]


class Reference(NamedTuple):
    """Random weights in both formats, and what public packages compute with them."""

    zip: Path
    legacy: Path
    expected: dict


@pytest.fixture(scope="session")
def reference_packages():
    """Skips where one is missing; only a program of its own can import them."""
    for package in torch_reference.PACKAGES:
        if importlib.util.find_spec(package) is None:
            pytest.skip(f"needs {package}: pip install keras-s3gan[reference,torch]")


@pytest.fixture(scope="session")
def reference(reference_packages, tmp_path_factory):
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, "-m", "tests.metrics.torch_reference", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    with np.load(folder / "expected.npz") as expected:
        expected = dict(expected)
    return Reference(folder / "zip.pth", folder / "legacy.pth", expected)
