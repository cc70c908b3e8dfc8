"""Atomic writes, lock files and the cache directory."""

import json
from pathlib import Path

import pytest

from keras_s3gan.files import (
    atomic_write,
    cache_directory,
    locked,
    write_json,
    write_table,
    write_text,
)


def test_writes_and_leaves_nothing_beside(tmp_path):
    path = tmp_path / "new" / "file.bin"
    with atomic_write(path) as file:
        file.write(b"content")
        assert not path.exists()
    assert path.read_bytes() == b"content"
    assert list(path.parent.iterdir()) == [path]


def test_failure_keeps_the_former_file(tmp_path):
    path = tmp_path / "file.bin"
    path.write_bytes(b"former")
    with pytest.raises(KeyboardInterrupt), atomic_write(path) as file:
        file.write(b"half")
        raise KeyboardInterrupt
    assert path.read_bytes() == b"former"
    assert list(tmp_path.iterdir()) == [path]


def test_json_reads_back_and_is_readable(tmp_path):
    content = {"ids": list(range(40)), "names": ["a", "b"], "value": [1.5e-07, -2]}
    write_json(tmp_path / "new" / "content.json", content)
    text = (tmp_path / "new" / "content.json").read_text()
    assert json.loads(text) == content
    assert '"value": [1.5e-07, -2]' in text


def test_interrupted_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "content.txt"
    write_text(path, "old")

    def interrupt(descriptor):
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_text(path, "new")
    assert path.read_text() == "old"


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


def test_a_table_leaves_missing_columns_empty(tmp_path):
    path = tmp_path / "new" / "table.csv"
    write_table(path, ["step", "fid"], [{"step": 1}, {"step": 2, "fid": 8.5}])
    assert path.read_text() == "step,fid\n1,\n2,8.5\n"
    with pytest.raises(ValueError, match="kid"):
        write_table(path, ["step"], [{"kid": 1}])
    assert path.read_text() == "step,fid\n1,\n2,8.5\n"


def test_a_lock_is_held_once(tmp_path):
    pytest.importorskip("fcntl", reason="this system has no file locks")
    path = tmp_path / "new" / "file.lock"
    with (
        locked(path),
        pytest.raises(BlockingIOError),
        locked(path, wait=False),
    ):
        pass
    with locked(path, wait=False):
        assert path.is_file()
