"""Help, errors in one line, and what is imported for them."""

import subprocess
import sys

import pytest

from keras_s3gan.cli import main
from tests.cli.outcomes import refused


def test_help_and_recipes_do_not_import_keras():
    # Keras reads its backend at import, and help should not wait for a framework.
    program = (
        "import sys; from keras_s3gan_command import main\n"
        "sys.argv[1:] = ['recipes']\n"
        "try: main()\n"
        "except SystemExit: print('keras' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True)
    assert done.stdout.decode().splitlines()[-1] == "False", done.stderr


def test_help_names_every_command(command):
    code, out, _ = command("--help")
    assert code == 0
    for name in (
        *("train", "labels", "sample", "interpolate"),
        *("evaluate", "compare", "plan", "recipes"),
    ):
        assert f" {name} " in out


def test_library_errors_are_one_line(command):
    outcome = command("train", "s3gan_co_mnist5k", "--set", "train.batch_size=0")
    refused(outcome, "Received: train.batch_size=0")


def test_traceback_on_request():
    with pytest.raises(ValueError, match="no recipe 'nothing'"):
        main(["--traceback", "train", "nothing"])
