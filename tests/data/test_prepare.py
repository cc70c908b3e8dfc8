import keras
import numpy as np
import pytest

from keras_s3gan.data.prepare import prepare_image, resize_bilinear
from keras_s3gan.validation import to_float_range


def test_pads_in_the_center_on_background():
    image = np.full((28, 26, 1), 200, np.uint8)
    padded = to_float_range(prepare_image(image, 32, 1))
    assert padded.shape == (32, 32, 1)
    np.testing.assert_allclose(padded[2:30, 3:29], 200 / 127.5 - 1, rtol=1e-6)
    padded[2:30, 3:29] = -1
    assert (padded == -1).all()


def test_floating_point_pads_with_minus_one():
    padded = prepare_image(np.zeros((2, 2, 1)), 4, 1)
    assert padded.dtype == np.float32
    assert padded[0, 0, 0] == -1 and padded[1, 1, 0] == 0


def test_resize_scales_small_images_up():
    image = np.full((2, 2, 3), 90, np.uint8)
    np.testing.assert_array_equal(prepare_image(image, 8, 3, "resize"), 90)


@pytest.mark.parametrize("fit", ["pad", "resize"])
def test_larger_images_lose_their_edges_and_shrink(fit):
    # Black edges left and right of a gray square: the crop leaves none of them.
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, 20:60] = 120
    np.testing.assert_array_equal(prepare_image(image, 16, 3, fit), 120)


def test_shrinking_averages_instead_of_skipping():
    # Every other column white: without antialiasing a half is all black or all white.
    image = np.zeros((64, 64, 1), np.uint8)
    image[:, ::2] = 255
    shrunk = prepare_image(image, 16, 1)
    assert np.abs(shrunk.astype(int) - 127).max() < 25


def test_floating_point_resizes_as_uint8_does():
    image = np.random.default_rng(0).integers(96, 160, (20, 20, 3), dtype=np.uint8)
    expected = to_float_range(prepare_image(image, 30, 3, "resize"))
    resized = prepare_image(to_float_range(image), 30, 3, "resize")
    # Pillow rounds to uint8 twice, once an axis.
    np.testing.assert_allclose(resized, expected, atol=2 / 127.5)


def test_floating_point_does_not_overshoot():
    image = np.random.default_rng(0).choice([-1.0, 1.0], (20, 20, 1))
    resized = prepare_image(image, 30, 1, "resize")
    assert resized.min() == -1 and resized.max() == 1


def test_color_becomes_luma_and_gray_three_channels():
    color = np.array([[[255, 0, 0], [0, 255, 0]]] * 2, np.uint8)
    gray = prepare_image(color, 2, 1)
    np.testing.assert_array_equal(gray[0, :, 0], [76, 150])
    np.testing.assert_array_equal(prepare_image(gray, 2, 3), np.repeat(gray, 3, -1))


def test_range_ends_are_exact():
    ends = to_float_range(np.array([0, 255], np.uint8))
    assert ends.dtype == np.float32
    assert ends.tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((4, 4, 1), np.inf), "16 of 16 values that are NaN or infinite"),
        (np.zeros((4, 4, 2), np.uint8), r"C = 1 or 3.*shape=\(4, 4, 2\)"),
        (np.zeros((4, 4), np.uint8), r"shape=\(4, 4\)"),
        (np.zeros((1, 4, 4, 1), np.uint8), r"shape=\(1, 4, 4, 1\)"),
        (np.zeros((4, 4, 1), bool), "dtype=bool"),
    ],
)
def test_bad_images_are_named(image, message):
    with pytest.raises(ValueError, match=message):
        prepare_image(image, 4, 1)


def bilinear(image, size):
    """Scaled a pixel at a time, from the formula alone."""
    height, width = image.shape[:2]
    scaled = np.zeros((size, size, image.shape[-1]))
    for i in range(size):
        for j in range(size):
            y, x = i * height / size, j * width / size
            top, left = int(y), int(x)
            for row, row_weight in ((top, 1 - y + top), (top + 1, y - top)):
                for column, weight in ((left, 1 - x + left), (left + 1, x - left)):
                    pixel = image[min(row, height - 1), min(column, width - 1)]
                    scaled[i, j] += row_weight * weight * pixel
    return scaled / 127.5 - 1


@pytest.mark.parametrize(
    ("pixels", "size", "expected"),
    [
        # Between two pixels, and beyond the last.
        ([0, 100], 4, [0, 50, 100, 100]),
        # Every other pixel, without antialiasing.
        ([10, 200, 30, 200], 2, [10, 30]),
        ([10, 20, 40], 2, [10, 30]),
        ([10, 20, 40], 3, [10, 20, 40]),
    ],
)
def test_bilinear_scaling_by_hand(pixels, size, expected):
    image = np.tile(np.array(pixels, np.uint8)[:, None], (1, len(pixels)))[..., None]
    for turned, axis in ((image, 0), (image.transpose(1, 0, 2), 1)):
        scaled = resize_bilinear(turned, size)
        assert scaled.shape == (size, size, 1) and scaled.dtype == np.float32
        line = (np.moveaxis(scaled, axis, 0)[:, 0, 0] + 1) * 127.5
        np.testing.assert_allclose(line, expected, atol=1e-4)


@pytest.mark.parametrize("shape", [(11, 7, 3), (6, 16, 1), (8, 8, 3)])
def test_bilinear_scaling_is_its_formula(shape):
    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    for size in (5, 8, 17):
        # float32 in units of 2.
        np.testing.assert_allclose(
            resize_bilinear(image, size), bilinear(image, size), atol=1e-6
        )


@pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="compares with TensorFlow's own"
)
@pytest.mark.parametrize(
    ("shape", "crop", "size"),
    [
        # CelebA, and LSUN once of its usual size and once too small.
        ((218, 178, 3), 160, 64),
        ((256, 341, 3), 128, 128),
        ((100, 341, 3), 128, 128),
        ((375, 500, 3), "full", 128),
        ((60, 91, 3), "full", 256),
    ],
)
def test_cut_images_are_tensorflows(shape, crop, size):
    import tensorflow as tf

    image = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    expected = image
    if crop != "full":
        expected = tf.image.resize_with_crop_or_pad(image, crop, crop)
    expected = tf.cast(expected, "float32") / 255
    expected = tf.compat.v1.image.resize_images(expected, [size, size])
    prepared = to_float_range(prepare_image(image, size, 3, crop=crop))
    np.testing.assert_allclose(prepared, expected.numpy() * 2 - 1, atol=1e-6)


def test_a_crop_stands_above_the_fit_and_before_the_channels():
    image = np.zeros((10, 30, 3), np.uint8)
    image[:, 10:20] = 200
    for fit in ("pad", "resize"):
        prepared = prepare_image(image, 5, 1, fit, crop="middle")
        assert prepared.shape == (5, 5, 1) and prepared.dtype == np.float32
        np.testing.assert_allclose(prepared, 200 / 127.5 - 1, atol=1e-6)
    prepared = prepare_image(image, 20, 3, "pad", crop=10)
    np.testing.assert_allclose(prepared, 200 / 127.5 - 1, atol=1e-6)


def test_a_crop_that_has_the_size_stays_of_bytes():
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    prepared = prepare_image(image, 7, 3, crop="middle")
    assert prepared.dtype == np.uint8
    np.testing.assert_array_equal(prepared, image[1:8])


def test_floating_point_is_cut_and_scaled_as_bytes_are():
    image = np.random.default_rng(0).integers(0, 256, (9, 7, 3), dtype=np.uint8)
    for crop in ("middle", 8):
        np.testing.assert_allclose(
            prepare_image(to_float_range(image), 5, 3, crop=crop),
            prepare_image(image, 5, 3, crop=crop),
            atol=1e-6,
        )
