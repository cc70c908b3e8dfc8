"""Each framework's package is as the interface says. Read from the sources alone."""

import ast
import pathlib

import pytest

import keras_s3gan
from tests.once import once

ROOM = pathlib.Path(keras_s3gan.__file__).parent / "backend"
FRAMEWORKS = ("jax", "tensorflow", "torch")
pytestmark = once("the sources are the same")


def definitions(*paths):
    """Dictionary from name to node of what the files define at their top."""
    return {
        node.name: node
        for path in paths
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }


INTERFACE = definitions(ROOM / "interface.py")


def parameters(function):
    """Names, order, kinds and defaults of parameters, without their types."""
    arguments = function.args
    for argument in [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]:
        argument.annotation = None
    return ast.unparse(arguments)


def methods(node):
    return {
        method.name: method
        for method in node.body
        if isinstance(method, ast.FunctionDef)
    }


def sources_of(package):
    """Dictionary from the names that a package imports to the files they are from."""
    found = {}
    for node in ast.parse((package / "__init__.py").read_text()).body:
        if isinstance(node, ast.ImportFrom):
            file = package / (node.module.rpartition(".")[2] + ".py")
            found |= dict.fromkeys([alias.name for alias in node.names], file)
    return found


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_package_offers_the_names_of_the_interface(framework):
    tree = ast.parse((ROOM / framework / "__init__.py").read_text())
    (offered,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
    ]
    assert sorted(offered) == sorted([*INTERFACE, "ops"])
    assert set(offered) == set(sources_of(ROOM / framework))


@pytest.mark.parametrize("framework", FRAMEWORKS)
@pytest.mark.parametrize("name", INTERFACE)
def test_parameters_are_those_of_the_interface(name, framework):
    expected = INTERFACE[name]
    found = definitions(sources_of(ROOM / framework)[name])[name]
    assert type(found) is type(expected)
    if isinstance(expected, ast.FunctionDef):
        assert parameters(found) == parameters(expected)
        return
    theirs = methods(found)
    for method, node in methods(expected).items():
        assert parameters(theirs[method]) == parameters(node), method


def test_a_name_is_in_the_same_file_of_each_package():
    files = [
        {name: path.name for name, path in sources_of(ROOM / framework).items()}
        for framework in FRAMEWORKS
    ]
    for found in files:
        del found["ops"]
    assert files[0] == files[1] == files[2]


@pytest.mark.parametrize("name", INTERFACE)
def test_the_table_of_the_interface_names_its_file(name):
    file = sources_of(ROOM / "jax")[name].name
    rows = ast.get_docstring(ast.parse((ROOM / "interface.py").read_text()))
    (row,) = [line for line in rows.splitlines() if line.startswith(f"| `{file}`")]
    assert f"`{name}`" in row


def test_the_room_takes_every_name_of_the_interface():
    tree = ast.parse((ROOM / "__init__.py").read_text())
    taken = {
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "_backend"
    }
    assert taken == {*INTERFACE, "ops"}


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_is_imported_in_its_own_package_alone(framework):
    importing = set()
    for path in ROOM.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module]
            if framework in {name.partition(".")[0] for name in names}:
                importing.add(path.relative_to(ROOM).parts[0])
    assert importing == {framework}
