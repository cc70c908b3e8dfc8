"""Other people's implementations, imported without what they need for images alone."""

import importlib
import importlib.util
import operator
import sys
from unittest import mock

import pytest

# Those of its modules that the packages import by name.
_MODULES = ("datasets", "transforms", "transforms.functional")


def reference(name, monkeypatch):
    """The module `name` of a reference package; the test is skipped without it."""
    if importlib.util.find_spec(name.partition(".")[0]) is None:
        pytest.skip(f"needs the extra `reference`: no {name}")
    for path, stub in torchvision_stubs().items():
        monkeypatch.setitem(sys.modules, path, stub)
    return importlib.import_module(name)


def torchvision_stubs():
    """What `sys.modules` has to hold for `import torchvision` to succeed.

    The packages hardly use it, and PyPI's wheel of it needs a torch with CUDA. The
    stubs have every attribute that is asked for.
    """
    # pytorch-fid takes the version apart before it builds Inception.
    root = mock.MagicMock(__version__="0.13")
    stubs = {"torchvision": root}
    for name in _MODULES:
        stubs[f"torchvision.{name}"] = operator.attrgetter(name)(root)
    return stubs
