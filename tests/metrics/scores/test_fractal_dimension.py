import numpy as np
import pytest

from keras_s3gan.metrics import fractal_dimension
from tests import golden
from tests.tolerance import assert_close


@pytest.mark.parametrize("case", ["line3d", "square", "images"])
def test_golden(case):
    stored = golden.load("item7_fractal_dimension.npz")
    found = fractal_dimension(stored[f"{case}/x"], stored[f"{case}/seed_indices"])
    assert_close(found, stored[f"{case}/fractal_dimension"], 1e-10, case)


def test_units_and_place_do_not_matter():
    x = np.random.default_rng(0).uniform(size=(500, 2))
    expected = fractal_dimension(x)
    assert 1.6 < expected < 2.1
    assert fractal_dimension(1000 * x - 5) == pytest.approx(expected, rel=1e-6)
    assert fractal_dimension(x, seed=1) != expected


def test_wrong_arguments():
    with pytest.raises(ValueError, match="all be equal.*5 samples at distance 0"):
        fractal_dimension(np.ones((5, 3)))
    with pytest.raises(ValueError, match="at least 2 rows. Received: 1"):
        fractal_dimension(np.ones((1, 3)))
    with pytest.raises(ValueError, match="enough different distances"):
        fractal_dimension(np.array([[0.0], [1.0]] * 50))
    with pytest.raises(ValueError, match="finite"):
        fractal_dimension(np.array([[0.0], [np.nan]]))
