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
KINDS = ("s3gan",)
if keras.backend.backend() == "torch":
    KINDS += ("relativistic", "lecam")


def run(count, kinds, folder):
    target = folder / f"{count}.npz"
    arguments = ["-m", "tests.models.replicas", str(count), ",".join(kinds)]
    done = subprocess.run(
        [sys.executable, *arguments, str(folder / "input.npz"), str(target)],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
            "XLA_FLAGS": f"{os.environ.get('XLA_FLAGS', '')} "
            f"--xla_force_host_platform_device_count={count}",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with np.load(target) as arrays:
        return dict(arrays)


def test_replicas_give_the_same_losses_and_weights(tmp_path):
    random = np.random.default_rng(0)
    rows = UPDATES * BATCH
    images = random.uniform(-1, 1, (STEPS, rows, SIZE, SIZE, 1)).astype("float32")
    # So few that one replica has more of them than another.
    labels = random.integers(-5, CLASSES, (STEPS, rows)).clip(-1).astype("int32")
    np.savez(tmp_path / "input.npz", images=images, labels=labels)
    expected = run(1, KINDS, tmp_path)
    for kind in KINDS:
        assert np.ptp(expected[f"{kind}/losses"], axis=0).max() > 1e-3
    for count, kinds in ((2, KINDS), (4, KINDS[:1])):
        found = run(count, kinds, tmp_path)
        assert set(found) == {n for n in expected if n.partition("/")[0] in kinds}
        for name in found:
            assert_close(found[name], expected[name], 1e-4, f"{name}, {count} replicas")
