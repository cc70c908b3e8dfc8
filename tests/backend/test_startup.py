"""Whether a framework has started with its settings, in processes of their own."""

import os
import subprocess
import sys
import warnings

import keras
import pytest

from keras_s3gan import backend, environment

NAME = keras.backend.backend()
LATE = {
    "jax": "computes some sums wrongly",
    "tensorflow": "works without oneDNN",
    "torch": None,
}[NAME]


def problem_after(imports):
    """What `startup_problem` says in a process without our settings."""
    ours = environment.framework_settings().get(NAME, {})
    cleared = {name: value for name, value in os.environ.items() if name not in ours}
    program = (
        f"{imports}\nfrom keras_s3gan import backend\nprint(backend.startup_problem())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=cleared,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1]


def test_no_problem_if_we_come_first():
    assert problem_after("import keras_s3gan, keras") == "None"
    assert backend.startup_problem() is None


@pytest.mark.skipif(LATE is None, reason="PyTorch needs no settings")
def test_a_framework_that_was_first():
    """The problem is said where there is one, on this processor and release."""
    if NAME == "jax" and "jax" not in environment.framework_settings():
        pytest.skip("this release of JAX is right")
    if NAME == "tensorflow":
        from keras_s3gan.backend.tensorflow import startup

        if set(startup._PROCESSOR.read_text().split()) & startup._INSTRUCTIONS:
            pytest.skip("this processor has oneDNN anyway")
    assert LATE in problem_after("import keras, keras_s3gan")


def test_a_problem_is_said_once(monkeypatch):
    monkeypatch.setattr(backend, "startup_problem", lambda: "It is slow")
    backend.warn_of_startup.cache_clear()
    with pytest.warns(UserWarning, match="It is slow.*`import keras_s3gan`"):
        backend.warn_of_startup()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        backend.warn_of_startup()
    backend.warn_of_startup.cache_clear()
