"""The backend of a command, and the run it is about."""

import pytest

from tests.cli.outcomes import refused


def test_backend_that_is_not_installed(command, monkeypatch):
    monkeypatch.setattr(
        "keras_s3gan.experiment.start.backend.is_installed", lambda backend: False
    )
    outcome = command("train", "s3gan_co_mnist5k", "--backend", "jax")
    refused(outcome, "not installed. Install it with: pip install jax")


@pytest.mark.parametrize("name", ["sample", "interpolate", "evaluate"])
def test_folder_that_is_no_run(command, tmp_path, name):
    refused(command(name, str(tmp_path)), "is not the folder of a run")
