import numpy as np
import pytest
from scipy import linalg

from keras_s3gan.metrics import FeatureStatistics, frechet_distance
from tests import golden
from tests.tolerance import assert_close


def features(count, dimension=8, seed=0, shift=0.0):
    random = np.random.default_rng(seed)
    mixing = np.random.default_rng(99).normal(size=(dimension, dimension))
    return random.normal(size=(count, dimension)) @ mixing + shift


def distance_by_sqrtm(first, second):
    mean = first.mean(0) - second.mean(0)
    covariances = np.cov(first.T), np.cov(second.T)
    root = linalg.sqrtm(covariances[0] @ covariances[1])
    return mean @ mean + np.trace(covariances[0] + covariances[1] - 2 * root.real)


def test_streaming_equals_numpy():
    x = features(101, shift=1000.0)
    statistics = FeatureStatistics(8)
    for batch in np.array_split(x, [1, 2, 40, 40, 90]):
        statistics.update(batch)
    assert statistics.count == 101
    np.testing.assert_allclose(statistics.mean, x.mean(0), rtol=1e-13)
    np.testing.assert_allclose(statistics.covariance, np.cov(x.T), rtol=1e-9)


def test_merge_equals_one_stream():
    x = features(50)
    merged = FeatureStatistics.from_features(x[:20])
    merged.merge(FeatureStatistics.from_features(x[20:]))
    np.testing.assert_allclose(merged.covariance, np.cov(x.T), rtol=1e-12)
    assert merged.merge(FeatureStatistics(8)).count == 50


def test_distance_equals_the_textbook():
    first, second = features(60), features(50, seed=1, shift=0.3)
    expected = distance_by_sqrtm(first, second)
    assert_close(frechet_distance(first, second), expected, 1e-10)
    assert_close(frechet_distance(second, first), expected, 1e-10)


def test_known_value_of_one_dimension():
    # (m1 - m2)^2 + (s1 - s2)^2 with deviations sqrt(2) and 3 sqrt(2).
    first, second = np.array([[-1.0], [1.0]]), np.array([[2.0], [8.0]])
    assert_close(frechet_distance(first, second), 25.0 + 8.0, 1e-12)


@pytest.mark.parametrize("count", [2, 5, 8, 100])
def test_identical_inputs_are_at_distance_zero(count):
    x = features(count, dimension=64)
    assert frechet_distance(x, x.copy()) < 1e-6


def test_fewer_images_than_features():
    first, second = features(5), features(6, seed=1)
    # The square root of rounded zeros costs sqrtm half of its digits.
    expected = distance_by_sqrtm(first, second)
    assert_close(frechet_distance(first, second), expected, 1e-5)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_golden(dtype):
    stored = golden.load("item7_fid_inception.npz")
    fake, real = stored["fake"].astype(dtype), stored["real"].astype(dtype)
    assert_close(frechet_distance(fake, real), stored[f"fid_{dtype}"], 1e-4)


def test_golden_rank_deficient():
    stored = golden.load("item7_fid_inception.npz")
    found = frechet_distance(stored["fake"][:6], stored["real"][:6])
    assert_close(found, stored["fid_rank_deficient_float64"], 1e-4)


def test_save_and_load(tmp_path):
    x = features(30)
    statistics = FeatureStatistics.from_features(x[:20])
    statistics.save(tmp_path / "s.npz")
    loaded = FeatureStatistics.load(tmp_path / "s.npz").update(x[20:])
    np.testing.assert_allclose(loaded.covariance, np.cov(x.T), rtol=1e-12)


def test_file_of_pytorch_fid_can_be_compared_but_not_updated(tmp_path):
    x = features(30)
    np.savez(tmp_path / "s.npz", mu=x.mean(0), sigma=np.cov(x.T))
    loaded = FeatureStatistics.load(tmp_path / "s.npz")
    assert frechet_distance(loaded, x) < 1e-6
    with pytest.raises(ValueError, match="count=None"):
        loaded.update(x)
    loaded.save(tmp_path / "again.npz")
    assert FeatureStatistics.load(tmp_path / "again.npz").count is None


def test_file_without_statistics(tmp_path):
    np.savez(tmp_path / "s.npz", mean=np.zeros(3))
    with pytest.raises(ValueError, match=r"`mu` and `sigma`.*'mean'"):
        FeatureStatistics.load(tmp_path / "s.npz")


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_non_finite_features_are_counted(value):
    x = features(10)
    x[3, 2] = x[4, 5] = value
    with pytest.raises(ValueError, match="2 of 80 values"):
        frechet_distance(x, features(10))


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_images(count):
    with pytest.raises(ValueError, match=f"at least.*Received: {count}"):
        frechet_distance(features(count), features(10))


def test_wrong_shapes():
    with pytest.raises(ValueError, match="8 and 4"):
        frechet_distance(features(10), features(10, dimension=4))
    with pytest.raises(ValueError, match=r"\[N, 4\].*\(10, 8\)"):
        FeatureStatistics(4).update(features(10))
    with pytest.raises(ValueError, match=r"\[N, D\].*\(3,\)"):
        frechet_distance(np.zeros(3), np.zeros(3))
    with pytest.raises(ValueError, match="dimension=0"):
        FeatureStatistics(0)
    with pytest.raises(ValueError, match="other.dimension=3"):
        FeatureStatistics(4).merge(FeatureStatistics(3))
