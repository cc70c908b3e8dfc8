"""A run to be changed."""

import shutil

import pytest

from keras_s3gan.experiment.runs.folder import RunFolder


@pytest.fixture
def copy(finished, tmp_path):
    return RunFolder(shutil.copytree(finished.path, tmp_path / "run"))
