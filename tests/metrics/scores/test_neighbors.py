import numpy as np
import pytest

from keras_s3gan.metrics import memorization, nearest_neighbors
from keras_s3gan.metrics.scores.neighbors import nearest_other_distances
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")


def features(count, dimension=6, seed=0):
    return np.random.default_rng(seed).normal(size=(count, dimension))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("count", "k"), [(5, 5), (300, 3), (2500, 1)])
def test_equals_the_full_matrix(count, k, dtype):
    references, queries = features(count).astype(dtype), features(40, seed=1)
    queries = queries.astype(dtype)
    apart = queries[:, None].astype("float64") - references[None]
    full = np.sqrt((apart**2).sum(-1))
    distances, indices = nearest_neighbors(queries, references, k)
    np.testing.assert_array_equal(indices, np.argsort(full, axis=1)[:, :k])
    expected = np.sort(full, axis=1)[:, :k]
    assert_close(distances, expected, 1e-12, elementwise=True)


def test_the_nearest_other_point_may_be_a_copy():
    points = np.concatenate([features(50), features(2)])
    apart = np.linalg.norm(points[:, None] - points, axis=-1)
    np.fill_diagonal(apart, np.inf)
    found = nearest_other_distances(points)
    np.testing.assert_allclose(found, apart.min(axis=1), rtol=1e-12)
    assert not found[-2:].any()


def test_more_queries_than_a_block():
    references = features(60)
    distances, indices = nearest_neighbors(np.tile(references, (40, 1)), references)
    np.testing.assert_array_equal(indices[:, 0], np.tile(np.arange(60), 40))
    assert not distances.any()


def test_of_copies_the_lower_index():
    references = np.repeat(features(4), 3, axis=0)
    indices = nearest_neighbors(references, references, 2)[1]
    np.testing.assert_array_equal(indices[:, 0], np.repeat([0, 3, 6, 9], 3))
    np.testing.assert_array_equal(indices[:, 1], np.repeat([1, 4, 7, 10], 3))


def test_close_points_far_from_zero():
    # Float32 cannot tell these apart.
    references = 1e4 + 1e-3 * features(200)
    references[0] = 0
    queries = references[100:110] + 1e-6
    indices = nearest_neighbors(queries, references)[1]
    np.testing.assert_array_equal(indices[:, 0], np.arange(100, 110))


def test_wrong_arguments():
    x = features(5)
    with pytest.raises(ValueError, match="`references` must have at least 6.*: 5"):
        nearest_neighbors(x, x, 6)
    with pytest.raises(ValueError, match="at least 1 rows. Received: 0"):
        nearest_neighbors(x[:0], x)
    with pytest.raises(ValueError, match="Received: 6 and 2"):
        nearest_neighbors(x, x[:, :2])
    with pytest.raises(ValueError, match="quantile=1"):
        memorization(x, x, 1)
    with pytest.raises(ValueError, match="at least 2 rows"):
        memorization(x[:1], x)
    with pytest.raises(ValueError, match="`queries` must be finite"):
        nearest_neighbors(x * np.nan, x)
