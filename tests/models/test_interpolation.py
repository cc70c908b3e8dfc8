import numpy as np
import pytest

from keras_s3gan.models.interpolation import interpolate_latents

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
