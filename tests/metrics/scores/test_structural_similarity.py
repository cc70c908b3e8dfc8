import numpy as np
import pytest

from keras_s3gan.metrics import structural_diversity, structural_similarity
from tests import golden
from tests.once import once
from tests.tolerance import assert_close

# The stored values take variances as differences of float32 squares of up to 255^2.
ROUNDING = 1e-5


def images(count=2, size=32, channels=3, seed=0):
    random = np.random.default_rng(seed)
    coarse = random.uniform(-1, 1, (count, -(-size // 4), -(-size // 4), channels))
    return coarse.repeat(4, 1).repeat(4, 2)[:, :size, :size]


@pytest.mark.parametrize("size", [32, 64, 70, 192])
def test_golden(size):
    stored = golden.load("item7_ms_ssim.npz")
    pair = stored[f"a_{size}"], stored[f"b_{size}"]
    for name, error, settings in (
        ("ms_ssim", ROUNDING, {}),
        ("ms_ssim_unweighted", 3 * ROUNDING, {"weights": [1] * 5}),
    ):
        found = structural_similarity(*pair, (0, 255), **settings)
        assert_close(found, stored[f"{name}_{size}"], error, name, elementwise=True)


def test_golden_diversity():
    stored = golden.load("item7_ms_ssim.npz")
    found = structural_diversity(stored["batch"], value_range=(0, 255))
    # Unlike images: the covariances are small, and their rounding is not.
    assert_close(found, stored["batch_score"], 10 * ROUNDING)


def test_equal_images():
    np.testing.assert_allclose(structural_similarity(images(), images()), 1, rtol=1e-12)
    flat = np.zeros((1, 16, 16, 1))
    assert structural_similarity(flat, flat) == pytest.approx(1)


def test_opposite_and_constant_images_are_no_nan():
    x = images()
    np.testing.assert_array_equal(structural_similarity(x, -x), 0)
    black, white = np.full((2, 1, 20, 20, 1), [[[[[-1.0]]]], [[[[1.0]]]]])
    # No contrast: the luminance of the last scale alone.
    expected = (1e-4 / (1 + 1e-4)) ** 0.1333
    assert_close(structural_similarity(black, white), np.array([expected]), 1e-9)


@pytest.mark.parametrize("size", [1, 2, 5, 11, 23])
def test_small_and_odd_sizes(size):
    x, y = images(size=size), images(size=size, seed=1)
    found = structural_similarity(x, y)
    np.testing.assert_allclose(found, structural_similarity(y, x), rtol=1e-12)
    assert np.all((found >= 0) & (found < 1))


@once("NumPy alone")
def test_range_batches_and_flips_do_not_matter():
    x, y = images(3), images(3, seed=1)
    expected = structural_similarity(x, y)
    levels = (x + 1) * 127.5, (y + 1) * 127.5
    np.testing.assert_allclose(
        structural_similarity(*levels, (0, 255)), expected, rtol=1e-9
    )
    flipped = structural_similarity(x[:, ::-1], y[:, ::-1])
    np.testing.assert_allclose(flipped, expected, rtol=1e-9)
    single = structural_similarity(x[1:2], y[1:2])
    np.testing.assert_allclose(single, expected[1:2], rtol=1e-12)


def test_diversity_is_over_pairs_of_different_images():
    x = images(6)
    every = [
        structural_similarity(x[i : i + 1], x[j : j + 1])[0]
        for i in range(6)
        for j in range(i)
    ]
    assert structural_diversity(x, None) == pytest.approx(np.mean(every))
    some = structural_diversity(x, 5, seed=1)
    assert some == structural_diversity(x, 5, seed=1) != structural_diversity(x, 5)
    assert structural_diversity(np.repeat(x[:1], 4, 0)) == pytest.approx(1)


def test_wrong_arguments():
    x = images()
    with pytest.raises(ValueError, match=r"must be in \[-1, 1\].*255"):
        structural_similarity(255 * (x > 0), x)
    with pytest.raises(ValueError, match="one shape"):
        structural_similarity(x, x[:1])
    with pytest.raises(ValueError, match="at least 2 images"):
        structural_diversity(x[:1])
    with pytest.raises(ValueError, match="value_range=\\(1, 0\\)"):
        structural_similarity(x, x, (1, 0))
    x[0, 0] = np.nan
    with pytest.raises(ValueError, match="finite"):
        structural_similarity(x, x)
