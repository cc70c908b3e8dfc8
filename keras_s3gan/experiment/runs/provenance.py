"""Versions, machine and commit of a run."""

import importlib.metadata
import os
import platform
import subprocess
from pathlib import Path

import keras

from keras_s3gan.environment import settings_in_use

_FRAMEWORKS = {
    "jax": ("jax", "jaxlib"),
    "tensorflow": ("tensorflow", "tensorflow-cpu"),
    "torch": ("torch",),
}


def versions() -> dict[str, str]:
    """Versions of Python, this package and the packages that compute."""
    backend = keras.backend.backend()
    names = ("keras-s3gan", "keras", *_FRAMEWORKS[backend], "grain", "numpy")
    found = {"python": platform.python_version(), "backend": backend}
    for name in names:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def machine() -> dict[str, str | int | dict[str, str] | None]:
    """Platform, processor, number of cores, and settings of the frameworks."""
    return {
        "settings": settings_in_use(),
        "platform": platform.platform(),
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count(),
    }


def git_commit() -> str | None:
    """The Git commit of this package's checkout, or `None`.

    `+changes` after the commit means that there were uncommitted changes.
    """
    checkout = Path(__file__).resolve().parents[3]
    if not (checkout / ".git").exists():
        return None
    commit = _git(checkout, "rev-parse", "HEAD")
    if not commit:
        return None
    changed = _git(checkout, "status", "--porcelain", "--untracked-files=no")
    return commit + ("+changes" if changed else "")


def _git(checkout: Path, *arguments: str) -> str | None:
    try:
        command = ["git", "-C", str(checkout), *arguments]
        done = subprocess.run(command, capture_output=True, text=True, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.partition(":")[2].strip() for line in lines if "model name" in line]
    return names[0] if names else platform.processor()
