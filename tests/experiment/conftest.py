"""One finished run of seconds, for every test that reads one."""

import pytest

from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.runs.train import train
from tests.experiment.tiny import write_recipe


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, cache):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(cache))


@pytest.fixture(scope="session")
def recipe(tmp_path_factory):
    return write_recipe(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def finished(recipe, cache, tmp_path_factory):
    """A run that nothing interrupted; a test that changes it takes a copy."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("KERAS_S3GAN_CACHE", str(cache))
        path = tmp_path_factory.mktemp("runs") / "run"
        return train(resolve_recipe(recipe), path, command="the command")
