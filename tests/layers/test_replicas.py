"""Normalization over the whole batch, where replicas hold parts of it."""

import os
import subprocess
import sys

import numpy as np

from tests.layers.replicas import on_one
from tests.tolerance import assert_close


def test_moments_are_of_the_whole_batch(tmp_path):
    random = np.random.default_rng(0)
    # Halves so different that the moments of one are not those of the other.
    images = random.normal(np.repeat([0, 3], 2)[:, None, None, None], 1, (4, 3, 3, 5))
    # Far from zero, E[x²] - E[x]² would be rounding errors.
    images += np.linspace(0, 1000, 5)
    arrays = {"images": images, "weights": random.uniform(size=images.shape)}
    arrays = {name: array.astype("float32") for name, array in arrays.items()}
    np.savez(tmp_path / "input.npz", **arrays)
    done = subprocess.run(
        [sys.executable, "-m", "tests.layers.replicas", "input.npz", "output.npz"],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([os.getcwd(), *sys.path]),
            "XLA_FLAGS": "--xla_force_host_platform_device_count=2",
        },
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    expected = on_one(**arrays)
    with np.load(tmp_path / "output.npz") as found:
        assert set(found) == set(expected)
        for name in expected:
            assert_close(found[name], expected[name], 1e-5, name)
