"""Data-parallel training is training on the whole batch."""

import os
import subprocess
import sys

import keras
import numpy as np

from tests.models.replicas import BATCH, STEPS, UPDATES
from tests.models.small import CLASSES, SIZE
from tests.tolerance import assert_close

# What stands in a loss needs no second look on another backend.
KINDS = ("s3gan", "classifier")
if keras.backend.backend() == "torch":
    KINDS += ("relativistic", "lecam", "ssgan", "augmented", "steady")
    KINDS += ("softmatch", "adamatch", "reacgan")
if keras.backend.backend() == "jax":
    KINDS += ("shared_weights",)

# TensorFlow's process takes no second number of replicas.
COUNTS = (2, 1) if keras.backend.backend() == "tensorflow" else (2, 4, 1)


def run(counts, folder):
    """`{count: {name: value}}` of the counts in one process."""
    target = folder / "output.npz"
    arguments = ["-m", "tests.models.replicas", ",".join(map(str, counts))]
    done = subprocess.run(
        [sys.executable, *arguments, ",".join(KINDS), folder / "input.npz", target],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
            "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} "
            f"--xla_force_host_platform_device_count={max(counts)}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    found = {count: {} for count in counts}
    with np.load(target) as arrays:
        for key, value in arrays.items():
            count, _, name = key.partition("/")
            found[int(count)][name] = value
    return found


def test_replicas_give_the_same_losses_and_weights(tmp_path):
    random = np.random.default_rng(0)
    rows = UPDATES * BATCH
    images = random.uniform(-1, 1, (STEPS, rows, SIZE, SIZE, 1)).astype("float32")
    # So few that one replica has more of them than another.
    labels = random.integers(-5, CLASSES, (STEPS, rows)).clip(-1).astype("int32")
    np.savez(tmp_path / "input.npz", images=images, labels=labels)
    found = run(COUNTS, tmp_path)
    expected = found.pop(1)
    assert set(found) == set(COUNTS) - {1}
    for kind in KINDS:
        assert np.ptp(expected[f"{kind}/losses"], axis=0).max() > 1e-3
    for count, arrays in found.items():
        kinds = KINDS if count < 4 else KINDS[:1]
        assert set(arrays) == {n for n in expected if n.partition("/")[0] in kinds}
        for name, value in arrays.items():
            assert_close(value, expected[name], 1e-4, f"{name}, {count} replicas")
