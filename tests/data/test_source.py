import inspect

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import ArraySource, FolderSource, Source, Subset, TFDSSource
from keras_s3gan.data.source import has_fingerprint

IMAGES = np.zeros((3, 4, 4, 1), "uint8")


@pytest.fixture
def folder(tmp_path):
    for label in ("cat", "dog"):
        (tmp_path / label).mkdir()
        Image.fromarray(IMAGES[0, ..., 0]).save(tmp_path / label / "0.png")
    return tmp_path


def test_every_source_has_the_members_of_the_protocol(folder):
    methods = {name for name, _ in inspect.getmembers(Source, inspect.isfunction)}
    methods = {name for name in methods if not name.startswith("_")}
    assert methods == {"labels", "fingerprint"}
    for kind in (ArraySource, FolderSource, Subset, TFDSSource):
        assert methods | {"__len__", "__getitem__", "short_sides"} <= {*dir(kind)}
    array = ArraySource(IMAGES, [0, 1, -1], num_classes=np.int64(2))
    for source in (array, FolderSource(folder), Subset(array, [0, 2], "some")):
        assert {*Source.__annotations__} <= {*dir(source)}
        assert source.labels().shape == source.short_sides().shape == (len(source),)
        assert {*source[0]} == {"image", "label"}
        assert type(source[0]["label"]) is int
        assert type(source.num_classes) is int


def test_a_former_fingerprint_is_that_of_the_source(folder):
    source = FolderSource(folder)
    former = source.former_fingerprint()
    assert former != source.fingerprint()
    assert has_fingerprint(source, source.fingerprint())
    assert has_fingerprint(source, former)
    assert not has_fingerprint(source, "another")
    # A source of one's own needs none.
    assert not has_fingerprint(ArraySource(IMAGES), former)
