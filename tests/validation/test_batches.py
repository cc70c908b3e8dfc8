import numpy as np
import pytest

from keras_s3gan.validation import check_image_batch, split_arrays
from tests.once import once

pytestmark = once("arrays of NumPy alone")


def test_images_of_the_shape_are_accepted():
    images = np.linspace(-1, 1, 2 * 4 * 4, dtype="float32").reshape(2, 4, 4, 1)
    check_image_batch(images, (4, 4, 1))
    check_image_batch(images.astype("float64"), (None, None, 1))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((2, 4, 4, 3)), r"\[N, any, 4, 1\].*\(2, 4, 4, 3\)"),
        (np.zeros((4, 4, 1)), r"shape \(4, 4, 1\)"),
        (np.zeros((0, 4, 4, 1)), r"at least 1. Received.*\(0, 4, 4, 1\)"),
        (np.zeros((2, 4, 4, 1), "uint8"), "images / 127.5 - 1.*dtype=uint8"),
        (np.full((2, 4, 4, 1), 255.0), r"in \[-1, 1\].*maximum=255"),
        (np.full((2, 4, 4, 1), np.nan), "32 of 32 values that are NaN"),
    ],
)
def test_other_images_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        check_image_batch(images, (None, 4, 1))


def test_arrays_are_divided_with_the_last_images_held_out():
    images, labels = np.arange(10), np.arange(10) % 3
    (first, firsts), (last, lasts) = split_arrays(images, labels, 0.25)
    np.testing.assert_array_equal(first, images[:7])
    np.testing.assert_array_equal(last, images[7:])
    np.testing.assert_array_equal(firsts, labels[:7])
    np.testing.assert_array_equal(lasts, labels[7:])
    assert split_arrays(images, None, 0.5)[1][1] is None


@pytest.mark.parametrize("fraction", [-0.1, 0.0, 1.0, 1.5])
def test_a_part_without_images_is_refused(fraction):
    with pytest.raises(ValueError, match=f"validation_split={fraction}, 10 images"):
        split_arrays(np.arange(10), None, fraction)
