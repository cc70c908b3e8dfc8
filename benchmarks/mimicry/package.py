"""The package torch-mimicry, imported without what training does not need."""

import importlib
import importlib.machinery
import sys
import types
from pathlib import Path

INSTALL = "pip install --no-deps torch-mimicry==0.1.16"


def folder():
    """Where it is installed, or `None`."""
    found = importlib.machinery.PathFinder.find_spec("torch_mimicry")
    return Path(found.origin).parent if found else None


def load(name):
    """The module `torch_mimicry.<name>`.

    The `__init__.py` of the package and of its `training` import scores and data sets,
    which need TensorFlow, torchvision and a module that PyTorch no longer has. Empty
    modules in their place give way to what lies beside them.
    """
    for package, path in (
        ("torch_mimicry", folder()),
        ("torch_mimicry.training", folder() / "training"),
    ):
        if package not in sys.modules:
            module = types.ModuleType(package)
            module.__path__ = [str(path)]
            sys.modules[package] = module
    return importlib.import_module(f"torch_mimicry.{name}")
