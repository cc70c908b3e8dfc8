import json

import numpy as np
import pytest

from tests import golden


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("KERAS_S3GAN_GOLDEN", str(tmp_path))
    return tmp_path


def test_load_gives_every_array(folder):
    np.savez(folder / "values.npz", **{"a/b": np.arange(3)})
    arrays = golden.load("values.npz")
    assert list(arrays) == ["a/b"]
    np.testing.assert_array_equal(arrays["a/b"], [0, 1, 2])


def test_load_json(folder):
    (folder / "counts.json").write_text(json.dumps({"generator": 3}))
    assert golden.load_json("counts.json") == {"generator": 3}


def test_absent_file_skips_with_its_path(folder):
    with pytest.raises(pytest.skip.Exception, match="absent: no .*nothing.npz"):
        golden.load("nothing.npz")
