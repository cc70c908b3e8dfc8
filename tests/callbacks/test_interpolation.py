import numpy as np
import pytest

from keras_s3gan.callbacks import (
    draw_interpolation,
    interpolate_latents,
    interpolation_rows,
)
from tests.callbacks.fake_gan import FakeGAN

ENDS = np.random.default_rng(0).normal(size=(2, 4, 64))


@pytest.mark.parametrize("kind", ["spherical", "linear"])
def test_ends_are_the_ends(kind):
    path = interpolate_latents(*ENDS, count=5, kind=kind)
    assert path.shape == (4, 5, 64) and path.dtype == np.float32
    np.testing.assert_allclose(path[:, 0], ENDS[0], atol=1e-6)
    np.testing.assert_allclose(path[:, -1], ENDS[1], atol=1e-6)


def test_arc_keeps_the_length_where_the_line_does_not():
    start, end = ENDS / np.linalg.norm(ENDS, axis=-1, keepdims=True)
    arc = np.linalg.norm(interpolate_latents(start, end, 5), axis=-1)
    np.testing.assert_allclose(arc, 1, atol=1e-6)
    steps = np.diff(interpolate_latents(start, end, 5), axis=1)
    lengths = np.linalg.norm(steps, axis=-1)
    np.testing.assert_allclose(lengths, lengths[:, :1].repeat(4, 1), rtol=1e-5)
    line = interpolate_latents(start, end, 3, kind="linear")
    np.testing.assert_allclose(line[:, 1], (start + end) / 2, atol=1e-6)
    assert (np.linalg.norm(line[:, 1], axis=-1) < 0.9).all()


@pytest.mark.parametrize("factor", [1, -1])
def test_no_arc_between_parallel_latents(factor):
    path = interpolate_latents(ENDS[0], factor * ENDS[0], 3)
    np.testing.assert_allclose(path[:, 1], (1 + factor) / 2 * ENDS[0], atol=1e-6)


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


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"count": 1}, "count=1"), ({"count": 3, "kind": "cubic"}, "kind=cubic")],
)
def test_wrong_arguments(settings, message):
    with pytest.raises(ValueError, match=message):
        interpolate_latents(*ENDS, **settings)


def test_ends_of_other_shapes():
    with pytest.raises(ValueError, match=r"\(4, 64\) and \(3, 64\)"):
        interpolate_latents(ENDS[0], ENDS[1, :3], 3)
