import importlib.metadata
import tomllib
from pathlib import Path

import pytest

from keras_s3gan.requirements import install_command

PROJECT = Path(__file__).resolve().parents[1] / "pyproject.toml"


@pytest.mark.parametrize("extra", ["jax", "torch", "tfds", "cv", "demo"])
def test_it_names_what_the_extra_needs(extra):
    needed = tomllib.loads(PROJECT.read_text())["project"]["optional-dependencies"]
    command = install_command(extra).replace('"', "")
    assert command.startswith("pip install ")
    wanted = {name.replace("_", "-") for name in needed[extra]}
    assert set(command.split()[2:]) == wanted


def test_markers_are_left_out():
    assert install_command("tpu") == "pip install jax libtpu"


def test_several_extras_and_what_a_shell_would_read():
    assert install_command("cv", "torch") == 'pip install keras-cv "torch>=2.7"'


def test_a_checkout_that_is_not_installed(monkeypatch):
    def missing(name):
        raise importlib.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(importlib.metadata, "requires", missing)
    assert install_command("jax") == 'pip install ".[jax]"'
