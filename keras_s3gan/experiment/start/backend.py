"""Choosing the framework that Keras computes on, before Keras is imported."""

import importlib.util
import json
import os
import sys
from pathlib import Path

from keras_s3gan import environment
from keras_s3gan.files import cache_directory
from keras_s3gan.host_memory import keep_large_blocks

BACKENDS = ("tensorflow", "jax", "torch")


def is_installed(backend: str) -> bool:
    """Whether the framework of that name can be imported (it is not imported)."""
    spec = importlib.util.find_spec(backend)
    # A folder of the same name beside the program is a namespace, without origin.
    return spec is not None and spec.origin is not None


def configured_backend() -> str | None:
    """The backend in Keras' own configuration file, or `None`."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    try:
        return json.loads(Path(home, "keras.json").read_text()).get("backend")
    except (OSError, ValueError, AttributeError):
        return None


def choose_backend(requested: str | None = None, fallback: str | None = None) -> str:
    """Picks a backend and sets `KERAS_BACKEND`, so that Keras starts on it.

    The first of these that names one wins: `requested`, the environment variable
    `KERAS_BACKEND`, `fallback`, Keras' configuration file, whichever is installed.
    The last three pass over a backend that is not installed: Keras writes
    "tensorflow" into its configuration file unasked.

    Args:
        requested: `"jax"`, `"tensorflow"`, `"torch"` or `None`.
        fallback: what the caller prefers where the user says nothing, or `None`.

    Returns:
        The name of the chosen backend.

    Raises:
        ValueError: if the backend asked for is unknown or not installed, if none
            is installed, or if Keras runs on another one already.
    """
    backend: str | None
    asked_for = requested or os.environ.get("KERAS_BACKEND")
    if asked_for:
        origin = "--backend" if requested else "KERAS_BACKEND"
        if asked_for not in BACKENDS:
            raise ValueError(
                f"{origin} must be one of {', '.join(BACKENDS)}. "
                f"Received: {origin}={asked_for}"
            )
        if not is_installed(asked_for):
            raise ValueError(
                f"The backend {asked_for!r} is not installed. Install it with: "
                f'pip install "keras-s3gan[{asked_for}]"'
            )
        backend = asked_for
    else:
        candidates = (fallback, configured_backend(), *BACKENDS)
        installed = (b for b in candidates if b in BACKENDS and is_installed(b))
        backend = next(installed, None)
        if backend is None:
            raise ValueError(
                "No backend is installed. Install one with: "
                + " or ".join(f'pip install "keras-s3gan[{b}]"' for b in BACKENDS)
            )
    running = sys.modules["keras"].backend.backend() if "keras" in sys.modules else None
    if running not in (None, backend):
        raise ValueError(
            f"Keras runs on {running!r} in this process already; start a new one "
            f"for another backend. Received: backend={backend}"
        )
    os.environ["KERAS_BACKEND"] = backend
    # TensorFlow greets on stderr otherwise, where only errors belong.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    environment.prepare()
    programs = environment.compile_cache_settings(cache_directory() / "programs")
    for name, value in programs.items():
        os.environ.setdefault(name, value)
    keep_large_blocks(one_arena=backend == "jax")
    return backend
