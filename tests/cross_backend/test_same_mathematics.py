"""The same steps on three backends: losses, gradients and weights of one another."""

import os
import subprocess
import sys

import numpy as np
import pytest

BACKENDS = ("jax", "tensorflow", "torch")


@pytest.fixture(scope="module")
def outputs(tmp_path_factory):
    """What each backend makes of one input."""
    folder = tmp_path_factory.mktemp("steps")
    source = folder / "input.npz"
    code = (
        "import sys, numpy; from tests.cross_backend import worker; "
        "numpy.savez(sys.argv[1], **worker.make_input())"
    )
    start(["-c", code, str(source)], "torch").check_returncode()
    found = {}
    for backend in BACKENDS:
        target = folder / f"{backend}.npz"
        module = ["-m", "tests.cross_backend.worker"]
        done = start([*module, str(source), str(target)], backend)
        assert done.returncode == 0, done.stderr[-2000:]
        with np.load(target) as arrays:
            found[backend] = dict(arrays)
    return found


def start(arguments, backend):
    environment = {**os.environ, "KERAS_BACKEND": backend, "TF_CPP_MIN_LOG_LEVEL": "3"}
    return subprocess.run(
        [sys.executable, *arguments], env=environment, capture_output=True, text=True
    )


def compare(reference, other, prefix, relative):
    names = [name for name in reference if name.startswith(prefix)]
    assert names and set(names) == {k for k in other if k.startswith(prefix)}
    for name in names:
        size = np.linalg.norm(reference[name])
        error = np.linalg.norm(other[name] - reference[name])
        # A bias in front of a batch normalization has no gradient but rounding, and
        # stays at the zero that it starts from: nothing to be relative to. Adam moves
        # by rounding as far as by gradients, so that small arrays have a floor, too.
        allowed = max(relative * size, relative / 100) if size > 1e-5 else 1e-5
        assert error <= allowed, f"{name}: {error:.2e} of {size:.2e}"


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_gradients_of_one_step(outputs, backend):
    compare(outputs["jax"], outputs[backend], "gradient", 1e-4)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_penalties_and_their_gradients(outputs, backend):
    """Compiled on JAX, in a graph of TensorFlow, eager in PyTorch."""
    compare(outputs["jax"], outputs[backend], "penalty", 1e-4)


@pytest.mark.parametrize("backend", BACKENDS[1:])
@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_ten_steps(outputs, optimizer, backend):
    reference, other = outputs["jax"], outputs[backend]
    losses = reference[f"{optimizer}/losses"]
    error = np.abs(other[f"{optimizer}/losses"] - losses)
    # A mean of logits crosses zero: each loss is compared with its largest.
    assert (error / np.abs(losses).max(axis=0)).max() < 1e-3
    compare(reference, other, f"{optimizer}/weight", 1e-3)


@pytest.mark.parametrize("backend", BACKENDS[1:])
def test_scores_of_one_checkpoint(outputs, backend):
    compare(outputs["jax"], outputs[backend], "score", 1e-3)


def test_the_steps_change_something(outputs):
    losses = outputs["jax"]["sgd/losses"]
    assert np.isfinite(losses).all()
    assert np.ptp(losses[:, :2], axis=0).min() > 1e-3
