"""Every module of the package has a test file of its own, at the same place."""

import ast
import pathlib

import pytest

from tests.once import once

pytestmark = once("sources are read, nothing runs")

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE, TESTS = ROOT / "keras_s3gan", ROOT / "tests"
# Modules that another file tests: which one, and why.
ELSEWHERE = {
    # Every architecture goes through the same tests.
    **{
        f"networks/{name}.py": "networks/test_parameter_counts.py"
        for name in ("biggan_deep", "dcgan", "infogan", "sn_dcgan")
    },
    "networks/small.py": "networks/test_network.py",
    # The version is what the wheel says.
    "version.py": "test_packaging.py",
}


def modules():
    return sorted(
        path.relative_to(PACKAGE)
        for path in PACKAGE.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    )


def own_tests(module):
    """Where a module's tests may be: frameworks share those of the same name."""
    places = [module.parent]
    if module.parts[0] == "backend" and len(module.parts) == 3:
        places.append(pathlib.Path("backend"))
    return [TESTS / place / f"test_{module.name}" for place in places]


def names_of(module):
    """What a test file may call a module: its name, or what it defines."""
    tree = ast.parse((PACKAGE / module).read_text())
    defined = (ast.FunctionDef, ast.ClassDef)
    names = {node.name for node in tree.body if isinstance(node, defined)}
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    names |= {target.id for target in assigned if isinstance(target, ast.Name)}
    public = {name for name in names if not name.startswith("_")}
    return {module.stem, *public, *(names & {"__version__"})}


def words_of(path):
    """The names that a file uses or imports."""
    words = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Name):
            words.add(node.id)
        elif isinstance(node, ast.Attribute):
            words.add(node.attr)
        elif isinstance(node, ast.alias):
            words.update(node.name.split("."))
        elif isinstance(node, ast.ImportFrom):
            words.update((node.module or "").split("."))
    return words


def test_every_module_has_a_test_file():
    without = [
        module.as_posix()
        for module in modules()
        if not any(path.exists() for path in own_tests(module))
    ]
    missing = sorted(set(without) - set(ELSEWHERE))
    assert not missing, f"no test file of their own: {', '.join(missing)}"
    assert set(ELSEWHERE) <= set(without), "these have one, or are gone"


@pytest.mark.parametrize("module", ELSEWHERE)
def test_what_is_tested_elsewhere_is_named_there(module):
    names = names_of(pathlib.Path(module))
    assert names & words_of(TESTS / ELSEWHERE[module])


def test_test_files_hold_tests():
    for module in modules():
        for path in own_tests(module):
            if path.exists():
                tree = ast.parse(path.read_text())
                names = [getattr(node, "name", "") for node in tree.body]
                assert any(name.startswith("test_") for name in names), path
