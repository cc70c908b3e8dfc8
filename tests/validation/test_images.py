import ml_dtypes
import numpy as np
import pytest

from keras_s3gan.validation import (
    allow_non_negative,
    check_finite,
    check_images,
    check_range,
    to_bytes,
    to_float_range,
)

LEVELS = np.arange(256, dtype="uint8").reshape(1, 16, 16, 1)


@pytest.mark.parametrize("shape", [(4, 4, 1), (4, 4, 3), (2, 4, 4, 1)])
@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "float64"])
def test_images_are_accepted(shape, dtype):
    check_images(np.ones(shape, dtype))


@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((4, 4)), r"\[H, W, C\].*shape=\(4, 4\)"),
        (np.zeros((1, 3, 4, 4), "uint8"), r"last axis.*shape=\(1, 3, 4, 4\)"),
        (np.zeros((0, 4, 4, 3)), r"shape=\(0, 4, 4, 3\)"),
        (np.zeros((4, 4, 1), "int64"), "dtype=int64"),
        (np.zeros((4, 4, 1), bool), "dtype=bool"),
        (np.full((4, 4, 1), np.nan), "16 of 16 values that are NaN"),
        (np.full((4, 4, 1), 255.0), r"must be in \[-1, 1\].*maximum=255"),
        (np.full((4, 4, 1), -1.01), r"must be in \[-1, 1\].*minimum=-1.01"),
    ],
)
def test_wrong_images_are_refused(images, message):
    with pytest.raises(ValueError, match=message):
        check_images(images)


def test_rounding_errors_are_forgiven_in_every_range():
    check_range(np.array([-1.0009, 1.0009]))
    check_range(np.array([-0.1, 255.1]), "images", (0, 255))
    with pytest.raises(ValueError, match=r"`first` must be in \[0, 255\].*256"):
        check_range(np.array([256.0]), "first", (0, 255))


def test_a_sum_that_overflows_is_finite():
    check_finite(np.full(2, 3e38, "float32"), "features")
    check_finite(np.array([1e308, 1e308]), "features")
    with pytest.raises(ValueError, match="`features` must be finite.*2 of 3 values"):
        check_finite(np.array([np.inf, -np.inf, 0]), "features")


def test_bytes_and_floats_are_the_same_images():
    floats = to_float_range(LEVELS)
    assert floats.dtype == np.float32
    assert (floats.min(), floats.max()) == (-1, 1)
    np.testing.assert_array_equal(to_float_range(floats), floats)
    np.testing.assert_array_equal(to_bytes(floats), LEVELS)
    assert to_bytes(LEVELS) is LEVELS


@pytest.mark.parametrize("dtype", ["float16", "float64", ml_dtypes.bfloat16])
def test_floats_become_float32(dtype):
    assert to_float_range(np.zeros(2, dtype)).dtype == np.float32


def test_bytes_are_rounded_and_clipped():
    images = np.array([-1.5, -1, 0, 1, 1.5])
    np.testing.assert_array_equal(to_bytes(images), [0, 0, 128, 255, 255])
    images = np.array([0.4, 0.6, 254.6]) / 127.5 - 1
    assert to_bytes(images).tolist() == [0, 1, 255]
    with pytest.raises(ValueError, match="1 of 2 values"):
        to_bytes([np.nan, 0])


UNIT = np.random.default_rng(0).uniform(0, 1, (4, 5, 5, 1)).astype("float32")


def test_images_in_the_unit_range_are_refused():
    for check in (check_images, check_range):
        with pytest.raises(ValueError, match=r"2 \* images - 1.*minimum=0\.0"):
            check(UNIT)
    check_range(2 * UNIT - 1)


@pytest.mark.parametrize(
    "images", [UNIT[:3], UNIT[0], np.zeros((9, 4, 4, 1)), np.ones((9, 4, 4, 3)) * 0.5]
)
def test_few_images_or_one_grey_may_be_bright(images):
    check_range(images)


def test_bright_images_can_be_declared():
    with allow_non_negative():
        check_range(UNIT)
    check_range(UNIT, value_range=(0, 1))
    with pytest.raises(ValueError, match="allow_non_negative"):
        check_range(UNIT)
