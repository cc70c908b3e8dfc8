import numpy as np
import pytest

from keras_s3gan.metrics import (
    block_kernel_distance,
    kernel_distance,
    squared_discrepancy,
)
from keras_s3gan.metrics.scores import kernel as module
from tests.metrics.reference_packages import reference
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")


def features(count, dimension=10, seed=0, shift=0.0):
    return np.random.default_rng(seed).normal(size=(count, dimension)) + shift


def by_definition(x, y):
    def kernel(a, b):
        return (a @ b / len(a) + 1) ** 3

    within = [
        np.mean([kernel(a, b) for i, a in enumerate(s) for b in np.delete(s, i, 0)])
        for s in (x, y)
    ]
    return sum(within) - 2 * np.mean([kernel(a, b) for a in x for b in y])


def test_unequal_sides_by_definition(monkeypatch):
    x, y = features(9), features(6, seed=1, shift=0.4)
    expected = by_definition(x, y)
    assert_close(squared_discrepancy(x, y), expected, 1e-12)
    assert_close(squared_discrepancy(y, x), expected, 1e-12)
    monkeypatch.setattr(module, "_BLOCK", 4)
    assert_close(squared_discrepancy(x, y), expected, 1e-12)


def test_subsets_of_torch_fidelity(monkeypatch):
    theirs = reference("torch_fidelity.metric_kid", monkeypatch)
    import torch

    x, y = features(300, 32), features(250, 32, seed=1, shift=0.2)
    expected = theirs.kid_features_to_metric(
        torch.from_numpy(x),
        torch.from_numpy(y),
        kid_subsets=5,
        kid_subset_size=100,
        rng_seed=3,
        verbose=False,
    )
    random = np.random.RandomState(3)
    values = [
        squared_discrepancy(
            x[random.choice(300, 100, replace=False)],
            y[random.choice(250, 100, replace=False)],
        )
        for _ in range(5)
    ]
    mean, deviation = expected.values()
    assert_close(np.mean(values), mean, 1e-6, "mean")
    assert_close(np.std(values), deviation, 1e-6, "deviation")


def test_everything_as_the_one_subset():
    x, y = features(80), features(80, seed=1, shift=0.3)
    found = kernel_distance(x, y, subsets=2, subset_size=80)
    assert found.mean == pytest.approx(squared_discrepancy(x, y), rel=1e-10)
    assert found.standard_deviation == pytest.approx(0, abs=1e-12)


def test_subsets_are_drawn_by_the_seed():
    x, y = features(80), features(70, seed=1, shift=0.3)
    first = kernel_distance(x, y, 4, 20, seed=1)
    assert first == kernel_distance(x, y, 4, 20, seed=1)
    assert first != kernel_distance(x, y, 4, 20, seed=2)
    assert first.standard_deviation > 0


# 13 features in three blocks, of 4, 4 and 5; 10 and 8 of the other side.
@pytest.mark.parametrize(("count", "ends"), [(13, [4, 8]), (10, [3, 6]), (8, [2, 5])])
def test_blocks_by_definition(count, ends):
    """Whatever the sizes, no feature is dropped, as Compare GAN drops some."""
    x, y = features(13), features(count, seed=1, shift=0.4)
    pairs = zip(np.split(x, [4, 8]), np.split(y, ends), strict=True)
    expected = np.mean([by_definition(*pair) for pair in pairs])
    found = block_kernel_distance(x, y, block_size=5, seed=None)
    assert_close(found.mean, expected, 1e-12)
    assert np.isnan(found.standard_error)


def test_the_standard_error_of_blocks():
    x, y = features(50), features(50, seed=1, shift=0.4)
    parts = zip(np.split(x, 5), np.split(y, 5), strict=True)
    values = [by_definition(*pair) for pair in parts]
    found = block_kernel_distance(x, y, block_size=10, seed=None)
    assert_close(found.standard_error, np.std(values) / 5**0.5, 1e-10)


def test_blocks_of_features_in_an_order_of_theirs():
    classes = 3.0 * (np.arange(400) // 100)[:, None]
    x, y = features(400) + classes, features(400, seed=1) + classes[::-1]
    found = block_kernel_distance(x, y, block_size=80)
    assert abs(found.mean) < 4 * found.standard_error
    assert found == block_kernel_distance(x, y, block_size=80)
    assert found != block_kernel_distance(x, y, block_size=80, seed=1)
    sorted_by_class = block_kernel_distance(x, y, block_size=80, seed=None)
    assert sorted_by_class.mean > 10 * found.standard_error


def test_single_precision_is_enough():
    x, y = features(500, 64), features(500, 64, seed=1, shift=0.1)
    assert squared_discrepancy(x.astype("f4"), y.astype("f4")) == pytest.approx(
        squared_discrepancy(x, y), rel=1e-4
    )


def test_equal_distributions_are_at_zero_on_average():
    found = kernel_distance(features(2000), features(2000, seed=1), 50, 100)
    assert abs(found.mean) < found.standard_deviation


def test_wrong_arguments():
    x = features(10)
    with pytest.raises(ValueError, match="at most .*10. Received: subset_size=11"):
        kernel_distance(x, x, subset_size=11)
    with pytest.raises(ValueError, match="at least 2. Received: subset_size=1"):
        kernel_distance(x, x, subset_size=1)
    with pytest.raises(ValueError, match="5 blocks.*block_size=2, 9 features"):
        block_kernel_distance(x, x[:9], block_size=2)
    with pytest.raises(ValueError, match="at least 2. Received: block_size=1"):
        block_kernel_distance(x, x, block_size=1)
    with pytest.raises(ValueError, match="Received: 10 and 4"):
        squared_discrepancy(x, x[:, :4])
    with pytest.raises(ValueError, match="at least 2 rows. Received: 1"):
        squared_discrepancy(x, x[:1])
    with pytest.raises(ValueError, match="range of the features' dtype"):
        squared_discrepancy(1e20 * x.astype("f4"), x.astype("f4"))
    x[0, 0] = np.inf
    with pytest.raises(ValueError, match="1 of 100"):
        squared_discrepancy(x, features(10))
