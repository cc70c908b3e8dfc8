"""One step of S3GAN can be read from beginning to end."""

import ast
import pathlib
import sys

import keras

import keras_s3gan
from tests.models.small import compiled_gan, data
from tests.once import once

ROOT = pathlib.Path(keras_s3gan.__file__).parent
HEADS_AND_LABELS = ("layers/one_hot.py", "layers/rotation.py")


def files_of_a_step():
    """Files of the package that a step runs through: not the two networks, which are
    called as they are, nor the backend, which has a file per framework."""
    gan = compiled_gan(discriminator_steps=2)
    batch = tuple(map(keras.ops.convert_to_tensor, data(16)))
    gan.fit(*data(16), batch_size=8, verbose=0)
    found = set()

    def profile(frame, event, argument):
        path = pathlib.Path(frame.f_code.co_filename)
        # Attributes of PyTorch's modules are looked up by it.
        if path.is_relative_to(ROOT) and frame.f_code.co_name != "__getattr__":
            found.add(path.relative_to(ROOT).as_posix())

    sys.setprofile(profile)
    try:
        gan.train_step(batch)
    finally:
        sys.setprofile(None)
    return {
        name
        for name in found - {"deprecation.py"}
        if not name.startswith(("backend/", "networks/"))
        and (not name.startswith("layers/") or name in HEADS_AND_LABELS)
    }


def lines_of_code(path):
    """Without docstrings, comments and empty lines."""
    text = path.read_text()
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    strings = [
        node.body[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, documented) and ast.get_docstring(node)
    ]
    left_out = {n for s in strings for n in range(s.lineno, s.end_lineno + 1)}
    return sum(
        number not in left_out and bool(line.strip(" \n")) and line.lstrip()[0] != "#"
        for number, line in enumerate(text.splitlines(), 1)
    )


@once("files above the backend room, the same on each")
def test_a_step_is_in_few_files():
    files = files_of_a_step()
    assert {"models/s3gan.py", "losses/heads.py", *HEADS_AND_LABELS} <= files
    assert len(files) <= 16, files
    assert sum(lines_of_code(ROOT / name) for name in files) <= 1400
