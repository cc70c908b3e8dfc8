import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import NAMED_SETS, FolderSource, resolve, resolve_source


def test_mnist5k():
    assert resolve_source("mnist5k").name == "mnist5k"


@pytest.mark.parametrize("name", ["earth32", "icons64"])
def test_sets_in_packages_are_found_by_name(name, monkeypatch):
    monkeypatch.setitem(resolve._PACKAGED, name, lambda: "opened")
    assert resolve_source(name) == "opened"
    with pytest.raises(ValueError, match=f"A source must be .*'{name}:test'"):
        resolve_source(f"{name}:test")


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
    monkeypatch.setattr(
        resolve, "TFDSSource", lambda *given, **by_name: (given, by_name)
    )
    assert resolve_source(source) == (arguments, {"label_key": None})
    by_name = {"label_key": "animal"}
    assert resolve_source(source, **by_name) == (arguments, by_name)


@pytest.mark.parametrize(
    ("source", "arguments"),
    [
        ("mnist", ("mnist", None)),
        ("celeb_a:test", ("celeb_a", "test")),
        ("imagenet_512_hq400:train[:10%]", ("imagenet_512_hq400", "train[:10%]")),
    ],
)
def test_named_sets_take_a_split(monkeypatch, source, arguments):
    monkeypatch.setattr(resolve, "named_source", lambda *received: received)
    assert resolve_source(source) == (*arguments, None)
    assert resolve_source(source, "animal") == (*arguments, "animal")


@pytest.mark.parametrize(
    "source",
    ["minst", "", "folder:", "tfds:", "tfds::test", "mnist:", "imagenet_32", 3],
)
def test_an_unknown_name_is_named(source):
    with pytest.raises(ValueError) as error:
        resolve_source(source)
    message = str(error.value)
    assert message.startswith(
        "A source must be 'mnist5k', 'earth32', 'icons64', 'folder:PATH', 'tfds:NAME"
    )
    assert message.endswith(f"Received: source={source!r}")
    assert all(name in message for name in NAMED_SETS)


def test_only_tfds_sets_have_a_label_key(tmp_path):
    for source in ("mnist5k", f"folder:{tmp_path}"):
        with pytest.raises(ValueError, match="a TFDS set.*label_key='animal', source"):
            resolve_source(source, "animal")
