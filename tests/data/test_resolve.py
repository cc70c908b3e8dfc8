import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import FolderSource, resolve, resolve_source


def test_mnist5k():
    assert resolve_source("mnist5k").name == "mnist5k"


def test_folder(tmp_path):
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(tmp_path / "a.png")
    source = resolve_source(f"folder:{tmp_path}")
    assert isinstance(source, FolderSource)
    assert source.name == f"folder:{tmp_path}"


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("tfds:cifar10", ("cifar10", "train")),
        ("tfds:cifar10:test", ("cifar10", "test")),
        ("tfds:cifar10:train[:10%]", ("cifar10", "train[:10%]")),
        ("tfds:cifar10:3.0.2", ("cifar10:3.0.2", "train")),
        ("tfds:cifar10:3.*.*:test", ("cifar10:3.*.*", "test")),
        ("tfds:imagenet_resized/32x32", ("imagenet_resized/32x32", "train")),
    ],
)
def test_tfds_names_are_parsed(monkeypatch, source, arguments):
    monkeypatch.setattr(resolve, "TFDSSource", lambda *received: received)
    assert resolve_source(source) == arguments


@pytest.mark.parametrize("source", ["mnist", "", "folder:", "tfds:", "tfds::test", 3])
def test_an_unknown_name_is_named(source):
    with pytest.raises(
        ValueError, match=f"'mnist5k', 'folder:PATH'.*source={source!r}"
    ):
        resolve_source(source)
