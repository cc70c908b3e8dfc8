import keras
import numpy as np
import pytest

from keras_s3gan.metrics import (
    FeatureStatistics,
    FrechetDistance,
    frechet_distance,
    infinite_frechet_distance,
    intra_class_frechet_distance,
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


def test_classes():
    labels = np.arange(60) % 3
    real, generated = features(60), features(60, seed=1)
    generated[labels == 2] += 5
    found = intra_class_frechet_distance(real, labels, generated, labels)
    for label, value in found.per_class.items():
        expected = frechet_distance(real[labels == label], generated[labels == label])
        assert value == pytest.approx(expected)
    assert found.mean == pytest.approx(sum(found.per_class.values()) / 3)
    assert found.per_class[2] > 100 > max(found.per_class[0], found.per_class[1])


def test_wrong_classes():
    x, labels = features(6), np.array([0, 0, 0, 1, 1, 1])
    with pytest.raises(ValueError, match="3 real and 1 generated of class 1"):
        intra_class_frechet_distance(x, labels, x, np.array([0, 0, 0, 0, 0, 1]))
    with pytest.raises(ValueError, match="0 real and 3 generated of class 2"):
        intra_class_frechet_distance(x[:3], labels[:3], x, 2 * labels)
    with pytest.raises(ValueError, match="`real_labels` must be at least 0.*-1"):
        intra_class_frechet_distance(x, labels - 1, x, labels)
    with pytest.raises(ValueError, match=r"integers of shape \[6\]"):
        intra_class_frechet_distance(x, labels, x, labels[:5])


def test_keras_metric():
    metric = FrechetDistance(8)
    real = features(40).astype("float32")
    generated = features(30, seed=1, shift=0.5).astype("float32")
    for part in np.array_split(real, 3):
        metric.update_state(keras.ops.convert_to_tensor(part))
    metric.update_state(generated=generated)
    assert metric.result() == pytest.approx(frechet_distance(real, generated), rel=1e-9)
    metric.reset_state()
    with pytest.raises(ValueError, match="Received: 0"):
        metric.result()


def test_keras_metric_from_its_configuration():
    config = keras.metrics.serialize(FrechetDistance(8, name="fid"))
    assert config["registered_name"] == "keras_s3gan>FrechetDistance"
    again = keras.metrics.deserialize(config)
    assert (again.name, again.dimension) == ("fid", 8)
