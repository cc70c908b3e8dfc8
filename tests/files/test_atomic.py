"""Files are written whole or not at all."""

import json

import pytest

from keras_s3gan.files import atomic_write, write_json, write_text


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
