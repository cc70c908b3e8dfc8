"""What frameworks find in the environment."""

import importlib.metadata
import os
import subprocess
import sys

import keras
import pytest

from keras_s3gan import environment
from tests.once import once

NAMES = ["TF_ENABLE_ONEDNN_OPTS", "XLA_FLAGS"]
FLAG = "--xla_cpu_experimental_ynn_fusion_type="


@pytest.fixture
def start(monkeypatch):
    """Sets the variables as in a process without a framework."""
    version = importlib.metadata.version

    def run(jaxlib="0.10.2", imported=(), **variables):
        for name in NAMES:
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        for name in ("jax", "tensorflow"):
            if name in imported:
                monkeypatch.setitem(sys.modules, name, sys)
            else:
                monkeypatch.delitem(sys.modules, name, raising=False)
        monkeypatch.setattr(environment, "_late", set())
        monkeypatch.setattr(
            importlib.metadata,
            "version",
            lambda name: jaxlib if name == "jaxlib" else version(name),
        )
        environment.prepare()
        return [os.environ.get(name) for name in NAMES]

    return run


@once("no framework is imported")
@pytest.mark.parametrize(
    ("jaxlib", "flags"),
    # Other releases may not know the flag, and then do not start.
    [("0.10.2", FLAG), ("0.11.2", FLAG), ("0.12.0.1", None), ("0.10.1", None)],
)
def test_they_are_set(start, jaxlib, flags):
    assert start(jaxlib) == ["1", flags]


@once("no framework is imported")
@pytest.mark.parametrize(
    ("theirs", "expected"),
    [
        ("--xla_a=1 --xla_b", f"--xla_a=1 --xla_b {FLAG}"),
        (f"{FLAG}individual_dot", f"{FLAG}individual_dot"),
    ],
)
def test_the_user_wins(start, theirs, expected):
    found = start(TF_ENABLE_ONEDNN_OPTS="0", XLA_FLAGS=theirs)
    assert found == ["0", expected]
    assert environment.settings_in_use() == dict(zip(NAMES, found, strict=True))


@once("no framework is imported")
def test_a_framework_that_has_started_is_left_alone(start):
    assert start(imported=("jax", "tensorflow")) == [None, None]
    assert environment.came_late("jax") and environment.came_late("tensorflow")
    assert not environment.came_late("torch")


@once("no framework is imported")
def test_import_sets_them():
    cleared = {name: value for name, value in os.environ.items() if name not in NAMES}
    program = f"import keras_s3gan, os; print(os.environ['{NAMES[0]}'])"
    done = subprocess.run(
        [sys.executable, "-c", program], env=cleared, check=True, capture_output=True
    )
    assert done.stdout.split()[-1] == b"1"


def test_tests_run_with_them():
    in_use = environment.settings_in_use()
    for settings in environment.framework_settings().values():
        assert in_use | settings == in_use
    assert not environment.came_late(keras.backend.backend())
