import numpy as np
import pytest

from keras_s3gan.data.prepare import prepare_image, to_unit_range


def test_pads_in_the_center_on_background():
    image = np.full((28, 26, 1), 200, np.uint8)
    padded = to_unit_range(prepare_image(image, 32, 1))
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
    expected = to_unit_range(prepare_image(image, 30, 3, "resize"))
    resized = prepare_image(to_unit_range(image), 30, 3, "resize")
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
    ends = to_unit_range(np.array([0, 255], np.uint8))
    assert ends.dtype == np.float32
    assert ends.tolist() == [-1.0, 1.0]


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.full((4, 4, 1), np.inf), "16 values that are NaN or infinite"),
        (np.zeros((4, 4, 2), np.uint8), r"C = 1 or 3.*shape=\(4, 4, 2\)"),
        (np.zeros((4, 4), np.uint8), r"shape=\(4, 4\)"),
        (np.zeros((1, 4, 4, 1), np.uint8), r"shape=\(1, 4, 4, 1\)"),
        (np.zeros((4, 4, 1), bool), "dtype=bool"),
    ],
)
def test_bad_images_are_named(image, message):
    with pytest.raises(ValueError, match=message):
        prepare_image(image, 4, 1)
