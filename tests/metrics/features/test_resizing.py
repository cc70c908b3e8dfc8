import numpy as np
import pytest
from PIL import Image

from keras_s3gan.metrics.features.resizing import (
    RESIZES,
    resize_bilinear,
    resize_pil,
    resized,
)
from tests.metrics.torch_reference import FILTERS, SHAPES, SIZE, pictures
from tests.once import once
from tests.tolerance import assert_close


def assert_same(actual, expected, name="resized"):
    assert actual.dtype == np.float32
    # Of 255, the largest magnitude.
    assert_close(actual, expected, 1e-5, name)


@once("NumPy and Pillow alone, beside PyTorch")
@pytest.mark.parametrize("name", SHAPES)
def test_equals_torch_fidelity(reference, name):
    actual = resized("tensorflow1", pictures(name), SIZE)
    assert_same(actual, reference.expected[f"{name}/resize/tensorflow1"])


@once("NumPy and Pillow alone, beside PyTorch")
@pytest.mark.parametrize("name", SHAPES)
def test_equals_pytorch(reference, name):
    actual = resized("pytorch", pictures(name), SIZE)
    assert_same(actual, reference.expected[f"{name}/resize/pytorch"])


@once("NumPy and Pillow alone, beside PyTorch")
@pytest.mark.parametrize("name", SHAPES)
def test_equals_clean_fid(reference, name):
    for ours, theirs in (
        ("clean", "bicubic"),
        ("clean_quantized", "bicubic_quantized"),
    ):
        expected = reference.expected[f"{name}/resize/{theirs}"]
        assert_same(resized(ours, pictures(name), SIZE), expected, ours)


@once("NumPy and Pillow alone, beside PyTorch")
@pytest.mark.parametrize("quantize", [False, True])
@pytest.mark.parametrize("filter", FILTERS)
def test_every_filter_equals_clean_fid(reference, filter, quantize):
    suffix = "_quantized" if quantize else ""
    expected = reference.expected[f"small/resize/{filter}{suffix}"]
    actual = resize_pil(pictures("small"), SIZE, filter, quantize)
    assert_same(actual, expected)


def test_tensorflow1_by_hand():
    row = np.array([[[[0], [100], [200]]]], "uint8")
    actual = resize_bilinear(row, (1, 6))[0, 0, :, 0]
    # Position i / 2; nothing follows the last pixel.
    np.testing.assert_allclose(actual, [0, 50, 100, 150, 200, 200])


def test_half_pixel_centers_by_hand():
    row = np.array([[[[0], [100], [200]]]], "uint8")
    actual = resize_bilinear(row, (1, 6), half_pixel_centers=True)[0, 0, :, 0]
    np.testing.assert_allclose(actual, [0, 25, 75, 125, 175, 200])


def test_clean_averages_what_it_shrinks():
    images = np.tile(np.array([0, 255], "uint8"), 64)[None, None, :, None]
    images = np.repeat(images, 128, axis=1)
    clean = resized("clean", images, (16, 16))
    assert np.abs(clean[:, 2:-2, 2:-2] - 127.5).max() < 2
    # Without a filter every output pixel is one of the stripes.
    assert set(np.unique(resized("tensorflow1", images, (16, 16)))) == {0}


def test_quantized_is_whole_and_clean_is_not():
    images = pictures("small")
    quantized = resized("clean_quantized", images, (50, 40))
    clean = resized("clean", images, (50, 40))
    assert quantized.shape == clean.shape == (2, 50, 40, 3)
    assert (quantized == np.round(quantized)).all()
    assert not (clean == np.round(clean)).all()
    assert np.median(np.abs(clean - quantized)) < 0.5
    # Pillow rounds and cuts between its two passes too.
    assert np.abs(clean - quantized).max() > 1


def test_sides_are_not_swapped():
    image = pictures("small")[0]
    expected = Image.fromarray(image).resize((40, 50), Image.Resampling.BICUBIC)
    actual = resized("clean_quantized", image[None], (50, 40))[0]
    np.testing.assert_array_equal(actual, np.asarray(expected))


@pytest.mark.parametrize("name", RESIZES)
def test_stays_in_range_and_keeps_what_fits(name):
    images = np.zeros((1, 8, 8, 3), "uint8")
    images[:, ::2] = 255
    actual = resized(name, images, (19, 7))
    assert actual.min() >= 0 and actual.max() <= 255
    np.testing.assert_array_equal(resized(name, images, (8, 8)), images)


def test_wrong_name():
    with pytest.raises(ValueError, match=r"'clean'.*Received: resize='cleen'"):
        resized("cleen", pictures("small"), SIZE)
