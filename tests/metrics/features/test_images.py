import keras
import numpy as np
import pytest

from keras_s3gan.metrics.features.images import as_bytes, checked_images


def test_bytes_and_floats_are_the_same_images():
    levels = np.arange(256, dtype="uint8").reshape(1, 16, 16, 1)
    floats = checked_images(levels)
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (-1, 1)
    np.testing.assert_array_equal(checked_images(floats), floats)
    np.testing.assert_array_equal(as_bytes(floats), levels)
    assert as_bytes(levels) is levels


def test_floats_are_rounded_to_the_nearest_level():
    images = (np.array([0.4, 0.6, 254.6]) / 127.5 - 1).reshape(1, 1, 3, 1)
    assert as_bytes(images).ravel().tolist() == [0, 1, 255]


def test_rounding_of_other_libraries_is_forgiven():
    images = np.array([-1.0005, 1.0005]).reshape(1, 1, 2, 1)
    assert as_bytes(images).ravel().tolist() == [0, 255]


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
def test_tensors_are_images(dtype):
    images = keras.ops.full((2, 4, 4, 3), 0.5, dtype=dtype)
    np.testing.assert_array_equal(checked_images(images), np.full((2, 4, 4, 3), 0.5))


@pytest.mark.parametrize("check", [checked_images, as_bytes])
@pytest.mark.parametrize(
    ("images", "message"),
    [
        # Their FID with the same images as bytes was not 0.
        (np.linspace(0, 1, 192).reshape(4, 4, 4, 3), r"2 \* images - 1"),
        (np.full((2, 4, 4, 3), 255.0), r"\[-1, 1\].*maximum=255"),
        (np.full((2, 4, 4, 3), -1.01), r"\[-1, 1\].*-1.01"),
        (np.full((2, 4, 4, 3), np.nan), "96 of 96 values that are NaN"),
        (np.full((2, 4, 4, 3), -np.inf), "96 of 96 values that are NaN"),
        (np.full((2, 4, 4, 3), 255), r"\[-1, 1\].*int64.*255"),
        (np.zeros((2, 4, 4, 3), bool), r"\[-1, 1\].*bool"),
        (np.zeros((4, 4, 3)), r"\[N, H, W, C\].*\(4, 4, 3\)"),
        (np.zeros((0, 4, 4, 3)), "0 images"),
        (np.zeros((2, 0, 4, 3)), r"empty.*\(0, 4, 3\)"),
        (
            [np.zeros((4, 4, 3)), np.zeros((5, 4, 3))],
            r"one size.*\(4, 4, 3\), \(5, 4, 3\)",
        ),
    ],
)
def test_what_is_refused(check, images, message):
    with pytest.raises(ValueError, match=message):
        check(images)
