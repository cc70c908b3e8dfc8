"""Chooses the backend of Keras, before Keras is imported."""

import importlib.util
import json
import os
import sys
from pathlib import Path

from keras_s3gan import environment
from keras_s3gan.files import cache_directory
from keras_s3gan.host_memory import keep_large_blocks
from keras_s3gan.requirements import install_command

BACKENDS = ("tensorflow", "jax", "torch")


def is_installed(backend: str) -> bool:
    """Whether a framework is installed, without importing it."""
    spec = importlib.util.find_spec(backend)
    # A folder of that name in the working directory is a namespace, without origin.
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

    The first of these that is set is used: `requested`, the environment variable
    `KERAS_BACKEND`, `fallback`, Keras' configuration file, any installed backend. A
    backend from `fallback` or the file is ignored if it is not installed, since Keras
    writes "tensorflow" to its configuration file by itself.

    Args:
        requested: `"jax"`, `"tensorflow"`, `"torch"` or `None`.
        fallback: the caller's choice if the user makes none, or `None`.

    Returns:
        The name of the chosen backend.

    Raises:
        ValueError: if the requested backend is unknown or not installed, if no backend
            is installed, or if Keras already uses another one.
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
                f"{install_command(asked_for)}"
            )
        backend = asked_for
    else:
        candidates = (fallback, configured_backend(), *BACKENDS)
        installed = (b for b in candidates if b in BACKENDS and is_installed(b))
        backend = next(installed, None)
        if backend is None:
            raise ValueError(
                "No backend is installed. Install one with: "
                + " or ".join(map(install_command, BACKENDS))
            )
    running = sys.modules["keras"].backend.backend() if "keras" in sys.modules else None
    if running not in (None, backend):
        raise ValueError(
            f"Keras runs on {running!r} in this process already; start a new one "
            f"for another backend. Received: backend={backend}"
        )
    os.environ["KERAS_BACKEND"] = backend
    # Otherwise TensorFlow writes messages to stderr, where only errors belong.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    environment.prepare()
    programs = environment.compile_cache_settings(cache_directory() / "programs")
    for name, value in programs.items():
        os.environ.setdefault(name, value)
    keep_large_blocks(one_arena=backend == "jax")
    return backend
