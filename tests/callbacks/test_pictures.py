import numpy as np
import pytest
from PIL import Image

from keras_s3gan import callbacks
from keras_s3gan.callbacks import image_grid


def test_the_former_name_of_to_bytes_warns():
    with pytest.warns(DeprecationWarning, match="to_bytes"):
        assert callbacks.eight_bits is callbacks.to_bytes


@pytest.mark.parametrize("channels", [1, 3])
def test_every_pixel_is_in_its_place(channels):
    shape = (2, 3, 4, 5, channels)
    images = np.random.default_rng(0).integers(0, 200, shape, "uint8")
    pixels = np.asarray(image_grid(images, scale=3, gutter=2))
    pixels = pixels.reshape(*pixels.shape[:2], channels)
    assert pixels.shape == (2 + 2 * 14, 2 + 3 * 17, channels)
    for row in range(2):
        for column in range(3):
            top, left = 2 + row * 14, 2 + column * 17
            tile = pixels[top : top + 12, left : left + 15]
            np.testing.assert_array_equal(tile[1::3, 1::3], images[row, column])
            np.testing.assert_array_equal(tile[::3, ::3], images[row, column])
    assert (pixels[:2] == 255).all() and (pixels[:, -2:] == 255).all()
    assert (pixels[14:16] == 255).all()


def test_labels_stand_left_and_above_and_leave_the_images_alone(tmp_path):
    images = np.zeros((2, 3, 8, 8, 1), "uint8")
    bare = np.asarray(image_grid(images))
    picture = np.asarray(
        image_grid(
            images,
            tmp_path / "grid.png",
            row_labels=["first", "second row"],
            column_labels=[0, 1, 2],
        )
    )
    top, left = (picture.shape[axis] - bare.shape[axis] for axis in (0, 1))
    np.testing.assert_array_equal(picture[top:, left:], bare)
    above, beside = picture[:top, left:], picture[top:, :left]
    assert (above < 128).any() and (beside < 128).any()
    assert (picture[:top, :left] == 255).all()
    with Image.open(tmp_path / "grid.png") as stored:
        np.testing.assert_array_equal(np.asarray(stored), picture)


@pytest.mark.parametrize(
    ("shape", "settings", "message"),
    [
        ((2, 3, 8, 8), {}, r"Received: shape=\(2, 3, 8, 8\)"),
        ((2, 3, 8, 8, 2), {}, r"1 or 3\].*8, 2\)"),
        ((0, 3, 8, 8, 1), {}, r"shape=\(0"),
        ((2, 3, 8, 8, 1), {"scale": 0}, "scale=0"),
        ((2, 3, 8, 8, 1), {"gutter": -1}, "gutter=-1"),
        ((2, 3, 8, 8, 1), {"row_labels": ["a"]}, "`row_labels`.*2 texts.*1 texts"),
        ((2, 3, 8, 8, 1), {"column_labels": "ab"}, "`column_labels`.*3 texts"),
    ],
)
def test_wrong_input(shape, settings, message):
    with pytest.raises(ValueError, match=message):
        image_grid(np.zeros(shape), **settings)
