"""Other people's implementations, imported without what they need for images alone."""

import importlib
import importlib.util
import sys
import types

import pytest

# PyPI's wheel of torchvision needs a torch with CUDA; the functions of features that
# are compared here do not use it.
_STUBS = (
    "torchvision",
    "torchvision.datasets",
    "torchvision.datasets.folder",
    "torchvision.models",
    "torchvision.models.inception",
    "torchvision.transforms",
    "torchvision.transforms.functional",
)


class _Anything(type):
    """A class that has every attribute: what a stub holds under any name."""

    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Anything(name, (), {})


def reference(name, monkeypatch):
    """The module `name` of a reference package; the test is skipped without it."""
    if importlib.util.find_spec(name.partition(".")[0]) is None:
        pytest.skip(f"needs the extra `reference`: no {name}")
    stub_torchvision(monkeypatch)
    return importlib.import_module(name)


def stub_torchvision(monkeypatch):
    """Lets `import torchvision` succeed while `monkeypatch` lasts."""
    for path in _STUBS:
        module = types.ModuleType(path)
        module.__path__ = []
        module.__getattr__ = lambda name: getattr(_Anything("Any", (), {}), name)
        monkeypatch.setitem(sys.modules, path, module)
        parent, _, child = path.rpartition(".")
        if parent:
            setattr(sys.modules[parent], child, module)
