"""Parts of a source: which images are left, under which labels."""

import itertools

import numpy as np
import pytest
from PIL import Image

from keras_s3gan.data import (
    ArraySource,
    FolderSource,
    Subset,
    at_least,
    batches,
    labelled_only,
    load_images,
    only_class,
)


@pytest.fixture(autouse=True)
def own_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def numbered(labels, names=None):
    """Images of one value each, their index."""
    images = np.arange(len(labels), dtype=np.uint8)[:, None, None, None]
    images = np.broadcast_to(images, (len(labels), 4, 4, 1))
    source = ArraySource(images, np.asarray(labels), name="numbers")
    source.class_names = names
    return source


def values(source):
    return [int(source[i]["image"].max()) for i in range(len(source))]


class Sized:
    """A source that knows sizes, and counts how often it is asked for them."""

    name, num_classes, class_names = "sized", 2, None

    def __init__(self, sides):
        self.sides, self.asked = np.array(sides), 0

    def __len__(self):
        return len(self.sides)

    def __getitem__(self, index):
        side = self.sides[index]
        return {"image": np.full((side, side + 3, 3), index, np.uint8), "label": 1}

    def labels(self):
        return np.ones(len(self), np.int32)

    def short_sides(self):
        self.asked += 1
        return self.sides

    def fingerprint(self):
        return "f" * 64


def test_a_subset_is_a_source():
    source = numbered([0, 1, 2, 0, 1])
    subset = Subset(source, [4, 0, 3], "some")
    assert len(subset) == 3 and subset.name == "some"
    assert values(subset) == [4, 0, 3]
    assert [subset[i]["label"] for i in range(3)] == subset.labels().tolist()
    assert subset.labels().tolist() == [1, 0, 0]
    assert subset.num_classes == 3
    assert subset.short_sides().tolist() == [4, 4, 4]
    assert load_images(subset, 4).shape == (3, 4, 4, 1)
    images, labels = next(iter(batches(subset, 3, 4)))
    found = np.rint((images[:, 0, 0, 0] + 1) * 127.5).astype(int)
    assert sorted(found) == [0, 3, 4]
    assert labels.tolist() == [source.labels()[i] for i in found]


def test_a_subset_of_a_subset():
    subset = Subset(Subset(numbered([0] * 6), [5, 3, 1], "odd"), [2, 0], "two")
    assert values(subset) == [1, 5]


def test_a_subset_is_cut_as_its_source():
    source = numbered([0, 1])
    assert (Subset(source, [0], "a").crop, Subset(source, [0], "a").image_size) == (
        None,
        None,
    )
    source.crop, source.image_size = "random", 4
    subset = only_class(at_least(source, 2), 1)
    assert (subset.crop, subset.image_size) == ("random", 4)


class Renamed(Sized):
    """A source whose fingerprint was another one in an earlier version."""

    def former_fingerprint(self):
        return "e" * 64

    def passed_over(self):
        return {"hidden": 2}


def test_a_subset_is_known_by_its_former_fingerprint():
    subset, former = Subset(Renamed([4, 5, 6]), [0, 2], "a"), Sized([4, 5, 6])
    former.fingerprint = lambda: "e" * 64
    expected = Subset(former, [0, 2], "a").fingerprint()
    assert subset.former_fingerprint() == expected != subset.fingerprint()
    lost = Renamed([4, 5, 6])
    lost.former_fingerprint = lambda: None
    assert Subset(lost, [0, 2], "a").former_fingerprint() is None


def test_a_subset_says_what_its_source_passes_over():
    assert at_least(Renamed([4, 5]), 5).passed_over() == {"hidden": 2}
    assert Subset(numbered([0]), [0], "a").passed_over() == {}


def test_fingerprints_follow_source_and_indices():
    source = numbered([0, 0, 1, 1])
    sources = [
        source,
        Subset(source, [0, 1, 2, 3], "all"),
        Subset(source, [0, 1], "first"),
        Subset(source, [1, 0], "first"),
        Subset(numbered([0, 1, 1, 1]), [0, 1], "first"),
        only_class(source, 0),
    ]
    fingerprints = [source.fingerprint() for source in sources]
    assert len(set(fingerprints)) == 6
    assert Subset(source, [0, 1], "other name").fingerprint() == fingerprints[2]


def test_at_least_counts_the_shorter_side(tmp_path):
    for name, size in (("a", (7, 20)), ("b", (8, 8)), ("c", (30, 9)), ("d", (30, 7))):
        Image.new("RGB", size).save(tmp_path / f"{name}.png")
    subset = at_least(FolderSource(tmp_path), 8)
    assert [subset[i]["image"].shape[:2] for i in range(len(subset))] == [
        (8, 8),
        (9, 30),
    ]
    assert subset.name == f"folder:{tmp_path} of at least 8 pixels"


def test_sizes_are_read_once(own_cache):
    source = Sized([5, 9, 7])
    assert values(at_least(source, 7)) == [1, 2]
    assert values(at_least(source, 8)) == [1]
    assert source.asked == 1
    (file,) = own_cache.iterdir()
    file.write_bytes(file.read_bytes()[:-30])
    assert values(at_least(source, 5)) == [0, 1, 2]
    assert source.asked == 2


@pytest.mark.parametrize("chosen", ["cat", 1, np.int64(1)])
def test_one_class_becomes_class_0(chosen):
    source = numbered([0, 1, -1, 1, 2], names=["ant", "cat", "dog"])
    subset = only_class(source, chosen)
    assert values(subset) == [1, 3]
    assert subset.labels().tolist() == [subset[i]["label"] for i in range(2)] == [0, 0]
    assert (subset.num_classes, subset.class_names) == (1, ["cat"])
    assert subset.name == "numbers, class cat"
    _, labels = next(iter(batches(subset, 2, 4)))
    assert labels.tolist() == [0, 0]


def test_a_class_without_a_name():
    subset = only_class(numbered([0, 1]), 1)
    assert (subset.name, subset.class_names) == ("numbers, class 1", None)


@pytest.mark.parametrize("soft", [False, True])
def test_images_without_a_label_are_left_out(soft):
    labels = np.array([-1, 1, -1, 0, 1])
    if soft:
        labels = np.eye(2, dtype=np.float32)[labels] * (labels >= 0)[:, None]
    subset, left = labelled_only(numbered([0, 0, 0, 0, 0]), labels)
    assert values(subset) == [1, 3, 4]
    np.testing.assert_array_equal(left, labels[[1, 3, 4]])
    assert subset.name == "numbers, labelled images"


def test_the_labels_are_the_sources_own_by_default():
    subset, labels = labelled_only(numbered([1, -1, 0]))
    assert values(subset) == [0, 2] and labels.tolist() == [1, 0]
    assert subset.labels().tolist() == [1, 0]


def test_labelled_images_in_batches_keep_their_labels():
    labels = np.array([-1, 1, -1, 0, 1])
    subset, left = labelled_only(numbered([0] * 5), labels)
    dataset = batches(subset, 3, 4, labels=left, num_classes=2)
    for images, given in itertools.islice(dataset, 4):
        found = np.rint((images[:, 0, 0, 0] + 1) * 127.5).astype(int)
        assert sorted(found) == [1, 3, 4]
        assert given.tolist() == labels[found].tolist()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda source: at_least(source, 5), "at least 5 pixels.*none among its 4 im"),
        (lambda source: at_least(source, 0), "at least 1. Received: size=0"),
        (lambda source: at_least(source, 2.5), "size=2.5"),
        (lambda source: only_class(source, 4), r"0 to 3 or .*ant, cat, dog.*class=4"),
        (lambda source: only_class(source, -1), "class=-1"),
        (lambda source: only_class(source, True), "class=True"),
        (
            lambda source: only_class(source, "Dog"),
            "such as dog. Received: class='Dog'",
        ),
        (lambda source: only_class(source, "elk"), "numbers, class elk, of which numb"),
        (lambda source: labelled_only(source, [-1] * 4), "labelled images, of which"),
        (lambda source: labelled_only(source, [0]), r"must be \[4\].*shape=\(1,\)"),
        (lambda source: labelled_only(source, [-2] * 4), r"labels\[0\]=-2"),
    ],
)
def test_what_cannot_be_left_over_is_named(make, message):
    source = ArraySource(np.zeros((4, 4, 6, 1), np.uint8), [0, 1, 2, 2], 4, "numbers")
    source.class_names = ["ant", "cat", "dog", "elk"]
    with pytest.raises(ValueError, match=message) as error:
        make(source)
    assert "\n" not in str(error.value)


def test_a_source_without_classes_has_none_to_choose():
    with pytest.raises(ValueError, match="with classes. Received: numbers, without"):
        only_class(numbered([-1, -1]), 0)
