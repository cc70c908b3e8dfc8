"""A cache folder of its own for each test, as folders keep facts about files in it."""

import pytest


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path_factory):
    path = tmp_path_factory.mktemp("cache")
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(path))
    return path
