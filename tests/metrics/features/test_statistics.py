"""Mean and covariance of a stream of features."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_s3gan.metrics import FeatureStatistics
from tests.once import once

pytestmark = once("arrays of NumPy alone")
quick = settings(max_examples=15, derandomize=True, deadline=None, database=None)


def features(count, dimension, seed, decay=0.0, shift=0.0):
    random = np.random.default_rng(seed)
    scales = np.arange(1, dimension + 1) ** -decay
    return random.normal(size=(count, dimension)) * scales + shift


def test_one_far_batch_costs_no_digits():
    x = features(4000, 3, 0)
    x[:10] += 1e6
    streamed = FeatureStatistics(3)
    for batch in np.array_split(x, [10, 500, 2000]):
        streamed.update(batch)
    np.testing.assert_allclose(streamed.covariance, np.cov(x.T), rtol=1e-9)


def test_update_that_fails_changes_nothing():
    streamed = FeatureStatistics.from_features(features(600, 3, 0))
    before = streamed.covariance
    bad = features(600, 3, 1)
    bad[599, 0] = np.nan
    with pytest.raises(ValueError, match="1 of 1800"):
        streamed.update(bad)
    assert streamed.count == 600
    np.testing.assert_array_equal(streamed.covariance, before)


def peak(images):
    streamed = FeatureStatistics(64)
    tracemalloc.start()
    for seed in range(images // 500):
        streamed.update(features(500, 64, seed))
    result = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return result


def test_memory_does_not_grow_with_the_images():
    peak(500)
    assert peak(20_000) < 1.2 * peak(1000)


@quick
@given(st.integers(0, 1000), st.lists(st.integers(0, 60), max_size=5))
def test_batches_do_not_matter(seed, cuts):
    x = features(60, 5, seed, shift=100.0)
    streamed = FeatureStatistics(5)
    for batch in np.split(x, sorted(cuts)):
        streamed.update(batch)
    np.testing.assert_allclose(streamed.mean, x.mean(0), rtol=1e-13)
    np.testing.assert_allclose(streamed.covariance, np.cov(x.T), rtol=1e-9, atol=1e-12)


def test_two_streams_merge_into_one():
    x = features(50, 4, 0, shift=10.0)
    merged = FeatureStatistics.from_features(x[:20])
    merged.merge(FeatureStatistics.from_features(x[20:]))
    assert merged.count == 50
    np.testing.assert_allclose(merged.mean, x.mean(0), rtol=1e-13)
    np.testing.assert_allclose(merged.covariance, np.cov(x.T), rtol=1e-10)
    with pytest.raises(ValueError, match=r"Received: other.dimension=3"):
        merged.merge(FeatureStatistics(3))


def test_a_file_brings_them_back(tmp_path):
    statistics = FeatureStatistics.from_features(features(50, 4, 0))
    statistics.save(tmp_path / "statistics.npz")
    again = FeatureStatistics.load(tmp_path / "statistics.npz")
    np.testing.assert_array_equal(again.mean, statistics.mean)
    np.testing.assert_array_equal(again.covariance, statistics.covariance)


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_images_have_no_covariance(count):
    statistics = FeatureStatistics(4).update(features(count, 4, 0))
    with pytest.raises(ValueError, match="covariance"):
        _ = statistics.covariance
