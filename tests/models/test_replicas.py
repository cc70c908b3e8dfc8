"""Data-parallel training is training on the whole batch."""

import os
import subprocess
import sys

import numpy as np
import pytest

from tests.models.replicas import BATCH, STEPS, UPDATES
from tests.models.small import CLASSES, SIZE
from tests.once import once
from tests.tolerance import assert_close


def run(count, kind, folder):
    target = folder / f"{kind}-{count}.npz"
    arguments = ["-m", "tests.models.replicas", str(count), kind]
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


@pytest.mark.parametrize(
    ("kind", "counts"),
    [
        ("s3gan", (2, 4)),
        pytest.param("relativistic", (2,), marks=once),
        pytest.param("lecam", (2,), marks=once),
    ],
)
def test_replicas_give_the_same_losses_and_weights(kind, counts, tmp_path):
    random = np.random.default_rng(0)
    rows = UPDATES * BATCH
    images = random.uniform(-1, 1, (STEPS, rows, SIZE, SIZE, 1)).astype("float32")
    # So few that one replica has more of them than another.
    labels = random.integers(-5, CLASSES, (STEPS, rows)).clip(-1).astype("int32")
    np.savez(tmp_path / "input.npz", images=images, labels=labels)
    expected = run(1, kind, tmp_path)
    assert np.ptp(expected["losses"], axis=0).max() > 1e-3
    for count in counts:
        found = run(count, kind, tmp_path)
        assert set(found) == set(expected)
        for name in expected:
            assert_close(found[name], expected[name], 1e-4, name)
