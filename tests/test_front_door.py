"""What `import keras_s3gan` gives, in processes of their own."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

import keras_s3gan
from tests.once import once

PACKAGE = Path(keras_s3gan.__file__).parent
SAVED = Path(__file__).with_name("saved")
ORDERS = ["import keras, keras_s3gan", "import keras_s3gan, keras"]


def run(program):
    """What a program prints last, as JSON."""
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def registered_in_the_source():
    """The name of every class and function that a file registers with Keras."""
    names = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            for decorator in getattr(node, "decorator_list", []):
                call = ast.unparse(decorator)
                if "register_keras_serializable" in call:
                    names.add(f"keras_s3gan>{node.name}")
    return names


@pytest.mark.parametrize(
    "order",
    [ORDERS[0], pytest.param(ORDERS[1], marks=once("names, the same on each"))],
)
def test_saved_models_load(order):
    """A GAN, and a model of Keras' with layers of ours."""
    names = sorted(registered_in_the_source())
    assert len(names) > 30
    known, kinds = run(
        f"{order}\n"
        "import json\n"
        "known = [keras.saving.get_registered_object(name) is not None\n"
        f"         for name in {names}]\n"
        f"models = [keras.saving.load_model(f'{SAVED}/{{name}}.keras')\n"
        "          for name in ('s3gan', 'sequential')]\n"
        "print(json.dumps([known, [type(model).__name__ for model in models]]))"
    )
    assert all(known), [name for name, ok in zip(names, known, strict=True) if not ok]
    assert kinds == ["S3GAN", "Sequential"]


@once("names of modules alone")
def test_every_room_is_an_attribute():
    rooms = [name for name in keras_s3gan.__all__ if (PACKAGE / name).is_dir()]
    assert {"layers", "models", "data", "callbacks", "experiment"} <= set(rooms)
    listed, modules = run(
        "import json, keras_s3gan\n"
        "listed = dir(keras_s3gan)\n"
        f"modules = [getattr(keras_s3gan, name).__name__ for name in {rooms}]\n"
        "print(json.dumps([listed, modules]))"
    )
    assert listed == sorted(keras_s3gan.__all__)
    assert modules == [f"keras_s3gan.{name}" for name in rooms]


@pytest.mark.parametrize("name", keras_s3gan.__all__)
def test_every_name_exists(name):
    assert getattr(keras_s3gan, name) is not None


def test_unknown_name():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = keras_s3gan.nothing


@once("Keras is not imported")
@pytest.mark.parametrize(
    "start", ["-c 'from keras_s3gan_command import main; main()'", "-m keras_s3gan.cli"]
)
def test_the_command_waits_with_keras(start):
    """So that it can choose a backend first."""
    flag, program = start.split(" ", 1)
    if flag == "-c":
        program = program.strip("'")
    trace = [sys.executable, "-X", "importtime", flag, program, "recipes"]
    done = subprocess.run(trace, check=True, capture_output=True, text=True)
    imported = {line.split("|")[-1].strip() for line in done.stderr.splitlines()}
    assert "keras_s3gan.cli" in imported and "keras" not in imported
