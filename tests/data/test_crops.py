"""Which part of an image a crop shows: counted by hand, and as TensorFlow draws it."""

from collections import Counter

import keras
import numpy as np
import pytest

from keras_s3gan.data import crop_image


def places(height, width):
    """An image whose pixels say their row and column."""
    image = np.zeros((height, width, 3), np.uint8)
    image[..., 0], image[..., 1] = np.indices((height, width))
    return image


def window(crop):
    """Top, left, height and width of a part of `places`."""
    top, left = crop[0, 0, :2].tolist()
    height, width = crop.shape[:2]
    np.testing.assert_array_equal(crop[..., 0], np.indices(crop.shape[:2])[0] + top)
    np.testing.assert_array_equal(crop[..., 1], np.indices(crop.shape[:2])[1] + left)
    return top, left, height, width


def drawn(shape, crop, count=400):
    """How often each window is drawn."""
    generators = (np.random.default_rng([7, number]) for number in range(count))
    return Counter(window(crop_image(places(*shape), crop, g)) for g in generators)


@pytest.mark.parametrize(
    ("shape", "crop", "expected"),
    [
        ((5, 8), "middle", (0, 1, 5, 5)),
        ((9, 4), "middle", (2, 0, 4, 4)),
        ((6, 6), "middle", (0, 0, 6, 6)),
        ((5, 8), "full", (0, 0, 5, 8)),
        ((5, 8), 3, (1, 2, 3, 3)),
        ((218, 178), 160, (29, 9, 160, 160)),
    ],
)
def test_what_is_fixed(shape, crop, expected):
    assert window(crop_image(places(*shape), crop)) == expected
    # Nothing random is asked of it.
    assert drawn(shape, crop, count=5) == {expected: 5}


@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_a_square_larger_than_the_image_is_filled_up_with_black(dtype):
    image = np.full((3, 8, 3), 9).astype(dtype)
    image[0, 1] = 5
    crop = crop_image(image, 6)
    assert crop.shape == (6, 6, 3) and crop.dtype == dtype
    assert (crop[1, 0] == 5).all() and (crop[1:4] >= 5).all()
    black = 0 if dtype == np.uint8 else -1
    assert (crop[0] == black).all() and (crop[4:] == black).all()


@pytest.mark.parametrize("crop", ["distorted", "random"])
def test_without_a_generator_the_random_show_the_middle(crop):
    assert window(crop_image(places(5, 8), crop)) == (0, 1, 5, 5)


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        # As many places as there is room, but for the last.
        ((4, 9), {(0, left, 4, 4) for left in range(5)}),
        ((7, 4), {(top, 0, 4, 4) for top in range(3)}),
        ((4, 5), {(0, 0, 4, 4)}),
        ((4, 4), {(0, 0, 4, 4)}),
    ],
)
def test_a_random_crop_is_the_largest_square_anywhere(shape, expected):
    assert set(drawn(shape, "random")) == expected


def test_a_distorted_crop_is_a_square_of_half_the_area_at_least():
    counts = drawn((20, 27), "distorted", count=2000)
    assert all(height == width for _, _, height, width in counts)
    # 16 * 16 is less than half of 20 * 27, 17 * 17 is more.
    sides = Counter()
    for (_, _, side, _), count in counts.items():
        sides[side] += count
    assert set(sides) == {17, 18, 19, 20}
    # 16.4 is rounded to 16, which is made 17: two of five draws.
    assert sides[17] / 2000 == pytest.approx(2 / 5, abs=0.04)
    for side in (17, 20):
        found = {window[:2] for window in counts if window[2] == side}
        rows, columns = max(20 - side, 1), 27 - side
        assert found == {(y, x) for y in range(rows) for x in range(columns)}


@pytest.mark.parametrize("shape", [(4, 9), (30, 7)])
def test_where_no_square_is_half_the_area_a_distorted_crop_is_the_image(shape):
    assert set(drawn(shape, "distorted", count=5)) == {(0, 0, *shape)}


# Slow to import where it is not the backend.
with_tensorflow = pytest.mark.skipif(
    keras.backend.backend() != "tensorflow", reason="compares with TensorFlow's own"
)


@with_tensorflow
@pytest.mark.parametrize("shape", [(7, 11), (9, 6), (4, 9), (5, 5)])
def test_distorted_crops_are_distributed_as_tensorflows(shape):
    import tensorflow as tf

    count, theirs = 1500, Counter()
    for seed in range(count):
        begin, size, _ = tf.image.stateless_sample_distorted_bounding_box(
            (*shape, 3),
            np.zeros((1, 0, 4), np.float32),
            seed=(3, seed),
            aspect_ratio_range=(1.0, 1.0),
            area_range=(0.5, 1.0),
            use_image_if_no_bounding_boxes=True,
        )
        theirs[(*begin.numpy()[:2].tolist(), *size.numpy()[:2].tolist())] += 1
    ours = drawn(shape, "distorted", count)
    assert ours.keys() == theirs.keys()
    # Five standard deviations of a difference of shares.
    for place in theirs:
        assert abs(ours[place] - theirs[place]) / count < 5 * (0.5 / count) ** 0.5, (
            place
        )


@with_tensorflow
@pytest.mark.parametrize("shape", [(7, 11), (8, 11), (3, 11), (4, 4), (5, 3), (6, 6)])
def test_a_central_square_is_tensorflows(shape):
    import tensorflow as tf

    image = np.random.default_rng(0).integers(0, 256, (*shape, 3), dtype=np.uint8)
    for size in (2, 5, 6, 13):
        expected = tf.image.resize_with_crop_or_pad(image, size, size)
        np.testing.assert_array_equal(crop_image(image, size), expected)


@pytest.mark.parametrize("crop", ["center", "", 0, -3, 2.5, True, ("middle",), None])
def test_a_wrong_crop_is_named(crop):
    with pytest.raises(ValueError, match="'distorted', 'random', 'middle', 'full'"):
        crop_image(places(4, 4), crop)
