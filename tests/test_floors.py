"""The house holds: imports point downward, frameworks stay in the backend room."""

import ast
import graphlib
import pathlib

import pytest

PACKAGE = pathlib.Path(__file__).resolve().parents[1] / "keras_s3gan"

FLOORS = {
    "backend": 0,
    "files": 0,
    "validation": 0,
    "deprecation": -1,
    "host_memory": -1,
    "environment": -1,
    "requirements": -1,
    "version": -1,
    "layers": 1,
    "losses": 1,
    "networks": 2,
    "penalties": 2,
    "models": 3,
    "labels": 3,
    "metrics": 3,
    "data": 3,
    "callbacks": 4,
    "experiment": 5,
    "cli": 6,
    "__main__": 7,
}
# What each room may know; rooms that are not named here know nothing of the package.
MAY_KNOW = {
    "backend": {"environment", "host_memory"},
    "data": {"files", "requirements", "validation"},
    "metrics": {"backend", "deprecation", "files", "validation", "version"},
    "layers": {"backend", "deprecation"},
    "losses": {"backend", "deprecation"},
    "penalties": {"backend", "deprecation", "layers"},
    "networks": {"backend", "layers", "requirements", "validation"},
    "models": {
        *("backend", "deprecation", "layers", "losses", "networks"),
        *("penalties", "validation"),
    },
    "labels": {
        *("backend", "deprecation", "files", "layers", "losses"),
        *("networks", "validation"),
    },
    "callbacks": {
        *("backend", "layers", "losses", "penalties", "networks"),
        *("models", "metrics", "deprecation", "files", "validation"),
    },
    "experiment": {room for room, floor in FLOORS.items() if floor < 5},
    "cli": {"experiment"},
    "__main__": {"cli"},
}
# The package's `__init__.py` shows the library, which works without a recipe.
FACADE = {room for room, floor in FLOORS.items() if floor < 5}
ONLY_IN = {
    **dict.fromkeys(("jax", "jaxlib", "tensorflow", "torch"), "backend"),
    "gin": "experiment",
}


def modules_of(package):
    """Dictionary from dotted name to path of every module in a package folder."""
    modules = {}
    for path in sorted(package.rglob("*.py")):
        parts = [package.name, *path.relative_to(package).with_suffix("").parts]
        modules[".".join(parts).removesuffix(".__init__")] = path
    return modules


def imports_of(name, path):
    """Pairs of line and dotted name for every import in a file, wherever it stands."""
    parent = name if path.name == "__init__.py" else name.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = parent.split(".")[: len(parent.split(".")) - node.level + 1]
                base = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"
        elif isinstance(node, ast.Call) and node.args:
            called = node.func.attr if hasattr(node.func, "attr") else None
            called = getattr(node.func, "id", called)
            target = node.args[0]
            if called in ("import_module", "__import__") and isinstance(
                getattr(target, "value", None), str
            ):
                yield node.lineno, target.value


def violations(package):
    """Every breach of the floors in a package folder, as one line of text each."""
    modules = modules_of(package)
    found, graph = [], {}
    for name, path in modules.items():
        room = (name.split(".") + [""])[1]
        if room and room not in FLOORS:
            found.append(f"{name}: the room '{room}' has no floor")
            continue
        allowed = MAY_KNOW.get(room, set()) if room else FACADE
        graph[name] = set()
        for line, target in imports_of(name, path):
            where, parts = f"{name}:{line}", target.split(".")
            if ONLY_IN.get(parts[0], room) != room:
                found.append(f"{where}: '{parts[0]}' only in {ONLY_IN[parts[0]]}")
            if parts[0] != package.name:
                continue
            other = parts[1] if len(parts) > 1 else ""
            if other not in (room, "__version__") and other not in allowed:
                found.append(f"{where}: '{room}' may not know '{other}'")
            module = target if target in modules else target.rpartition(".")[0]
            # What stands in a package is imported after the package, not from it.
            if module in modules and module != name:
                graph[name].add(module)
    try:
        graphlib.TopologicalSorter(graph).prepare()
    except graphlib.CycleError as error:
        found.append("circle: " + " <- ".join(error.args[1]))
    return found


def test_the_package_keeps_to_its_floors():
    assert violations(PACKAGE) == []


def test_every_module_was_read():
    names = modules_of(PACKAGE)
    assert {"keras_s3gan.backend", "keras_s3gan.backend.jax"} <= set(names)
    assert len(names) == len(list(PACKAGE.rglob("*.py")))


def test_the_table_itself_points_downward():
    for room, known in MAY_KNOW.items():
        assert all(FLOORS[other] < FLOORS[room] for other in known), room


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"layers/a.py": "import keras\nfrom keras_s3gan import backend"}, []),
        ({"layers/a.py": "def f():\n    import keras_s3gan.models"}, "may not know"),
        ({"layers/a.py": "from keras_s3gan import networks"}, "may not know"),
        ({"data/a.py": "from keras_s3gan.metrics import score"}, "may not know"),
        ({"models/a.py": "from ..callbacks import guards"}, "may not know"),
        ({"models/a.py": "from .. import losses"}, []),
        ({"models/a.py": "from .. import data"}, "may not know"),
        ({"cli.py": "from keras_s3gan.models import gan"}, "may not know"),
        ({"cli.py": "from keras_s3gan import __version__"}, []),
        ({"layers/a.py": "import keras_s3gan"}, "may not know ''"),
        ({"__init__.py": "from keras_s3gan import experiment"}, "may not know"),
        ({"__init__.py": "from keras_s3gan.models import gan"}, []),
        ({"models/a.py": "import torch.nn"}, "'torch' only in backend"),
        ({"models/a.py": "from jax import numpy"}, "'jax' only in backend"),
        (
            {"data/a.py": "import importlib\nimportlib.import_module('tensorflow.io')"},
            "'tensorflow' only in backend",
        ),
        ({"data/a.py": "import tensorflow_datasets"}, []),
        ({"backend/torch/step.py": "import torch"}, []),
        ({"models/a.py": "import gin"}, "'gin' only in experiment"),
        ({"experiment/a.py": "import gin"}, []),
        ({"attic/a.py": ""}, "'attic' has no floor"),
        (
            {
                "layers/a.py": "from keras_s3gan.layers.b import B",
                "layers/b.py": "def f():\n    from keras_s3gan.layers import a",
            },
            "circle: keras_s3gan.layers",
        ),
        (
            {
                "layers/__init__.py": "from keras_s3gan.layers.a import A",
                "layers/a.py": "from keras_s3gan.layers import A",
            },
            "circle: keras_s3gan.layers",
        ),
    ],
)
def test_planted_violation_is_found(files, expected, tmp_path):
    package = tmp_path / "keras_s3gan"
    for name, source in ({"__init__.py": ""} | files).items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
    found = violations(package)
    if expected:
        assert len(found) == 1 and expected in found[0], found
    else:
        assert found == []
