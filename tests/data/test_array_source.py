import numpy as np
import pytest

from keras_s3gan.data import ArraySource


def test_gives_images_and_labels():
    images = np.arange(2 * 4 * 5, dtype=np.uint8).reshape(2, 4, 5)
    source = ArraySource(images, [3, -1], name="two")
    assert len(source) == 2
    assert source.num_classes == 4
    assert source.name == "two"
    np.testing.assert_array_equal(source[1]["image"], images[1][..., None])
    assert [source[i]["label"] for i in range(2)] == source.labels().tolist() == [3, -1]


def test_without_labels_there_are_no_classes():
    source = ArraySource(np.zeros((2, 4, 4, 3), np.float32))
    assert source.labels().tolist() == [-1, -1]
    assert source.num_classes is None


def test_short_sides():
    assert ArraySource(np.zeros((2, 4, 7, 3), np.uint8)).short_sides().tolist() == [
        4,
        4,
    ]


def test_fingerprint_follows_content():
    images = np.zeros((2, 4, 4, 1), np.uint8)
    fingerprint = ArraySource(images, [0, 1]).fingerprint()
    assert len(fingerprint) == 64
    assert fingerprint == ArraySource(images.copy(), [0, 1]).fingerprint()
    assert fingerprint != ArraySource(images, [1, 1]).fingerprint()
    assert fingerprint != ArraySource(images, [0, 1], num_classes=3).fingerprint()
    assert fingerprint != ArraySource(images + np.uint8(1), [0, 1]).fingerprint()


@pytest.mark.parametrize(
    ("images", "arguments", "message"),
    [
        (np.full((1, 4, 4, 1), np.nan), {}, "must be finite. Received: 16"),
        (np.full((1, 4, 4, 1), 255.0), {}, "maximum=255"),
        (np.zeros((1, 4, 4, 1), np.int64), {}, "dtype=int64"),
        (np.zeros((1, 3, 4, 4), np.uint8), {}, r"last axis.*shape=\(1, 3, 4, 4\)"),
        (np.zeros((0, 4, 4, 3), np.uint8), {}, r"shape=\(0, 4, 4, 3\)"),
        (np.zeros((4, 4), np.uint8), {}, r"shape=\(4, 4\)"),
        (np.zeros((1, 4, 4, 1), np.uint8), {"labels": [[1.0]]}, r"shape=\(1, 1\)"),
        (
            np.zeros((1, 4, 4, 1), np.uint8),
            {"labels": [7], "num_classes": 5},
            r"0 to 4\. Received: labels\[0\]=7",
        ),
        (np.zeros((1, 4, 4, 1), np.uint8), {"num_classes": 0}, "num_classes=0"),
    ],
)
def test_bad_input_is_named(images, arguments, message):
    with pytest.raises(ValueError, match=message):
        ArraySource(images, **arguments)
