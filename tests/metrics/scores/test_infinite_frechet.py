"""FID extrapolated to infinitely many images."""

import numpy as np
import pytest

from keras_s3gan.metrics import (
    FeatureStatistics,
    frechet_distance,
    infinite_frechet_distance,
)
from tests.once import once


def features(count, dimension=8, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, dimension)) + shift


@once("NumPy alone")
def test_extrapolation_takes_away_the_bias():
    # Equal distributions; the real side is large enough to be one.
    real, generated = features(200_000), features(2000, seed=1)
    found = infinite_frechet_distance(real, generated, smallest=200)
    assert found.distances[-1] == pytest.approx(frechet_distance(real, generated))
    assert found.slope > 0
    assert abs(found.value) < 0.3 * found.distances[-1]
    assert (found.counts[0], found.counts[-1]) == (200, 2000)
    of_statistics = infinite_frechet_distance(
        FeatureStatistics.from_features(real), generated, smallest=200
    )
    assert of_statistics.value == pytest.approx(found.value, rel=1e-6)


def test_line_is_fitted_in_one_over_n():
    real, generated = features(300), features(100, seed=1, shift=1.0)
    found = infinite_frechet_distance(real, generated, points=3, smallest=50)
    assert found.counts.tolist() == [50, 75, 100]
    design = np.stack([np.ones(3), 1 / found.counts], axis=1)
    expected = np.linalg.lstsq(design, found.distances)[0]
    assert (found.value, found.slope) == pytest.approx(tuple(expected))


def test_wrong_extrapolation():
    x = features(20)
    with pytest.raises(ValueError, match="below .*20. Received: smallest=20"):
        infinite_frechet_distance(x, x, smallest=20)
    with pytest.raises(ValueError, match="points=1"):
        infinite_frechet_distance(x, x, points=1)
