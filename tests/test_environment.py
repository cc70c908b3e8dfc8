"""What frameworks find in the environment, in processes of their own."""

import os
import subprocess
import sys

import pytest

from keras_s3gan import environment
from tests.once import once

NAMES = [
    name for settings in environment.framework_settings().values() for name in settings
]


def values_after(program, **variables):
    """The variables at the end of a process that began without them."""
    cleared = {name: value for name, value in os.environ.items() if name not in NAMES}
    program += f"\nimport os; print([os.environ.get(name) for name in {NAMES}])"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=cleared | variables,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip().splitlines()[-1]


@once("no framework is imported")
def test_import_sets_them():
    assert values_after("import keras_s3gan") == "['1']"


@once("no framework is imported")
def test_the_user_wins():
    program = "import keras_s3gan"
    assert values_after(program, TF_ENABLE_ONEDNN_OPTS="0") == "['0']"


@once("no framework is imported")
def test_a_framework_that_has_started_is_left_alone():
    # A stand-in, so that the test needs no TensorFlow.
    started = "import sys; sys.modules['tensorflow'] = sys; import keras_s3gan"
    assert values_after(started) == "[None]"


@pytest.mark.parametrize("name", NAMES)
def test_tests_run_with_them(name):
    assert name in os.environ
