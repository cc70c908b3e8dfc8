"""What a wheel carries and what the package declares."""

import ast
import pathlib
import re
import sys
import tomllib
import zipfile

import pytest

import keras_s3gan

ROOT = pathlib.Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
# Where the name on the registry is another than the module's.
DISTRIBUTIONS = {"PIL": "pillow", "sklearn": "scikit-learn", "gin": "gin-config"}


def normalized(requirement):
    name = re.match(r"[\w.-]+", requirement).group()
    return re.sub(r"[-_.]+", "-", name).lower()


def requirements():
    extras = PROJECT["optional-dependencies"].values()
    return {
        normalized(requirement)
        for group in (PROJECT["dependencies"], *extras)
        for requirement in group
    }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    builder = pytest.importorskip("hatchling.builders.wheel").WheelBuilder(str(ROOT))
    folder = tmp_path_factory.mktemp("wheel")
    (path,) = builder.build(directory=str(folder), versions=["standard"])
    with zipfile.ZipFile(path) as archive:
        yield archive


def test_wheel_carries_every_module_and_recipe(wheel):
    names = {name for name in wheel.namelist() if ".dist-info/" not in name}
    modules = {
        path.relative_to(ROOT).as_posix() for path in ROOT.glob("keras_s3gan/**/*.py")
    }
    recipes = {
        f"keras_s3gan/{path.relative_to(ROOT).as_posix()}"
        for path in ROOT.glob("recipes/**/*")
        if path.is_file()
    }
    assert recipes
    assert modules | recipes <= names
    assert "keras_s3gan/py.typed" in names  # so that type checkers use our types
    others = {name for name in names if not name.startswith("keras_s3gan/")}
    assert others == {"keras_s3gan_command.py"}


def test_wheel_carries_the_command_and_the_licence(wheel):
    (folder,) = {n.split("/")[0] for n in wheel.namelist() if ".dist-info/" in n}
    entry_points = wheel.read(f"{folder}/entry_points.txt").decode()
    assert "keras-s3gan = keras_s3gan_command:main" in entry_points
    assert b"Apache License" in wheel.read(f"{folder}/licenses/LICENSE")


def test_the_version_stands_in_one_place(wheel):
    assert PROJECT["dynamic"] == ["version"]
    (folder,) = {n.split("/")[0] for n in wheel.namelist() if ".dist-info/" in n}
    assert folder == f"keras_s3gan-{keras_s3gan.__version__}.dist-info"


def test_every_import_is_declared():
    declared = requirements() | {"jaxlib"}  # comes with JAX
    for path in ROOT.glob("keras_s3gan/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            else:
                continue
            for top in {name.split(".")[0] for name in names}:
                if top in sys.stdlib_module_names or top == "keras_s3gan":
                    continue
                distribution = normalized(DISTRIBUTIONS.get(top, top))
                assert distribution in declared, f"{path.name} imports {top}"


def test_every_requirement_has_an_exact_release_in_the_constraints():
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", pin) for pin in pins)
    assert requirements() <= {normalized(pin) for pin in pins} | {"keras-s3gan"}
