"""Libraries that not everybody needs are imported where they are used."""

import subprocess
import sys

import keras

ROOMS = (
    *("layers", "losses", "penalties", "networks", "models"),
    *("labels", "metrics", "data", "callbacks"),
)


def test_the_library_brings_in_nothing_but_itself_and_scipy():
    program = (
        "import sys, keras\n"
        "before = set(sys.modules)\n"
        f"from keras_s3gan import {', '.join(ROOMS)}\n"
        "new = {name.partition('.')[0] for name in set(sys.modules) - before}\n"
        "print(*sorted(new))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    brought = set(done.stdout.split())
    assert "keras_s3gan" in brought
    # Keras has SciPy with it where both are installed, and loads a framework's own
    # optimizers when Adam is subclassed.
    expected = {"keras", "keras_s3gan", "scipy", keras.backend.backend()}
    assert brought - sys.stdlib_module_names <= expected
