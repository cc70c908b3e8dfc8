import numpy as np
import pytest

from keras_s3gan.callbacks import (
    draw_interpolation,
    interpolate_latents,
    interpolation_rows,
)
from tests.callbacks.fake_gan import FakeGAN


@pytest.mark.parametrize("num_classes", [3, None])
def test_row_runs_between_two_samples_of_its_class(num_classes):
    gan = FakeGAN(num_classes)
    images = interpolation_rows(gan, columns=4, seed=2)
    rows = num_classes or 10
    assert images.shape == (rows, 4, 6, 6, 1)
    ends = gan.sample_latents(2 * rows, seed=2)
    labels = rows if num_classes is None else np.arange(rows)
    for column, which in ((0, 0), (-1, 1)):
        expected = gan.generate(labels, latents=ends[which::2])
        np.testing.assert_allclose(images[:, column], expected, atol=1e-5)


def test_draws_a_picture(tmp_path):
    path = tmp_path / "interpolation.png"
    picture = draw_interpolation(FakeGAN(), path, columns=4)
    assert path.is_file()
    assert picture.height == 2 + 3 * (12 + 2)


def test_the_model_says_how_its_latents_are_interpolated():
    class Uniform(FakeGAN):
        def interpolate_latents(self, start, end, steps):
            return interpolate_latents(start, end, steps, "linear")

    gan = Uniform()
    line = interpolation_rows(gan, columns=5)
    np.testing.assert_array_equal(line, interpolation_rows(gan, 5, kind="linear"))
    assert np.abs(line - interpolation_rows(gan, 5, kind="spherical")).max() > 1e-3
