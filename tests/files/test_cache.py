from pathlib import Path

from keras_s3gan.files import cache_directory


def test_the_environment_names_the_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path))
    assert cache_directory() == tmp_path


def test_a_path_goes_before_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", "/elsewhere")
    assert cache_directory(tmp_path) == cache_directory(str(tmp_path)) == tmp_path


def test_without_either_it_is_in_the_home_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    # Windows has another name for it.
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.delenv("KERAS_S3GAN_CACHE", raising=False)
    assert cache_directory() == tmp_path / ".cache" / "keras_s3gan"


def test_an_empty_environment_names_nothing(monkeypatch):
    monkeypatch.delenv("KERAS_S3GAN_CACHE", raising=False)
    default = cache_directory()
    monkeypatch.setenv("KERAS_S3GAN_CACHE", "")
    assert cache_directory() == default != Path("")


def test_a_tilde_is_the_home_folder(monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", "~/images")
    assert cache_directory() == Path.home() / "images"


def test_naming_the_cache_makes_no_folder(tmp_path):
    assert not cache_directory(tmp_path / "cache").exists()
