"""The machine and the files of a benchmark."""

import json
import os
import platform
import resource
import sys
from pathlib import Path

RESULTS = Path(__file__).resolve().parent / "results"


def describe():
    """The conditions of a measurement."""
    from keras_s3gan.experiment.runs.provenance import git_commit, machine, versions

    return {"machine": machine(), "versions": versions(), "git_commit": git_commit()}


def choose_backend(backends):
    """Lets this process import Keras, for `describe`, on the first that is installed.

    Unlike the command line, it sets no compile cache, which workers would inherit.
    """
    from keras_s3gan.experiment.start.backend import is_installed

    installed = (backend for backend in backends if is_installed(backend))
    os.environ["KERAS_BACKEND"] = next(installed, backends[0])


def pin_threads(count):
    """Limits linear algebra to `count` threads; before the first import of NumPy.

    Each library reads its variable once. SciPy brings a pool of its own, which is not
    there yet when NumPy's is limited.
    """
    if "numpy" in sys.modules:
        raise RuntimeError("Threads are pinned before NumPy is imported.")
    for library in ("OMP", "OPENBLAS", "MKL", "VECLIB_MAXIMUM"):
        os.environ[f"{library}_NUM_THREADS"] = str(count)


def peak_memory():
    """Largest resident size of this process so far, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if platform.system() == "Darwin" else 1024 * peak


def peak_device_memory():
    """Largest memory of the backend's GPU so far, in bytes; `None` where it has none.

    Not measured on TensorFlow.
    """
    import keras

    if keras.backend.backend() == "jax":
        import jax

        return (jax.devices()[0].memory_stats() or {}).get("peak_bytes_in_use")
    if keras.backend.backend() == "torch":
        import torch

        if torch.cuda.is_available():
            return torch.cuda.max_memory_allocated()
    return None


def load():
    """Load average of the last minute, which includes other processes."""
    return os.getloadavg()[0]


def write(name, content):
    """Writes `results/<name>.json`, with the command that was run."""
    RESULTS.mkdir(exist_ok=True)
    command = ["python", "-m", *_module_and_arguments()]
    path = RESULTS / f"{name}.json"
    path.write_text(json.dumps({"command": " ".join(command), **content}, indent=2))
    return path


def _module_and_arguments():
    spec = sys.modules["__main__"].__spec__
    return [spec.name if spec else sys.argv[0], *sys.argv[1:]]
