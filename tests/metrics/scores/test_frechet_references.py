"""Fréchet distances against other people's, and what any of them must obey."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_s3gan.metrics import FeatureStatistics, frechet_distance
from keras_s3gan.metrics.scores import frechet as module
from tests.metrics.reference_packages import reference
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")
quick = settings(max_examples=15, derandomize=True, deadline=None, database=None)


def features(count, dimension, seed, decay=0.0, shift=0.0):
    random = np.random.default_rng(seed)
    scales = np.arange(1, dimension + 1) ** -decay
    return random.normal(size=(count, dimension)) * scales + shift


def statistics(x):
    return x.mean(0), np.cov(x, rowvar=False)


def by_singular_values(first, second):
    means, factors = [], []
    for x in (first, second):
        means.append(x.mean(0))
        factors.append((x - means[-1]) / np.sqrt(len(x) - 1))
    shift = means[0] - means[1]
    overlap = np.linalg.svd(factors[0] @ factors[1].T, compute_uv=False).sum()
    return shift @ shift + sum(np.sum(f**2) for f in factors) - 2 * overlap


@pytest.mark.parametrize("package", ["pytorch_fid", "torch_fidelity", "cleanfid"])
@pytest.mark.parametrize("decay", [0.0, 0.5])
def test_distance_equals_other_packages(package, decay, monkeypatch):
    first = features(700, 96, 0, decay)
    second = features(500, 96, 1, decay, shift=0.1)
    sides = *statistics(first), *statistics(second)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if package == "pytorch_fid":
            their = reference("pytorch_fid.fid_score", monkeypatch)
            expected = their.calculate_frechet_distance(*sides)
        elif package == "cleanfid":
            their = reference("cleanfid.fid", monkeypatch)
            expected = their.frechet_distance(*sides)
        else:
            their = reference("torch_fidelity.metric_fid", monkeypatch)
            pairs = [{"mu": m, "sigma": s} for m, s in (sides[:2], sides[2:])]
            metrics = their.fid_statistics_to_metric(*pairs, verbose=False)
            expected = metrics[their.KEY_METRIC_FID]
    assert_close(frechet_distance(first, second), expected, 1e-6, package)


@pytest.mark.parametrize(
    ("counts", "rank"),
    [((5, 7), 40), ((5, 90), 40), ((90, 80), 40), ((90, 80), 3), ((20, 90), 3)],
)
def test_singular_covariances(counts, rank):
    basis = np.random.default_rng(5).normal(size=(rank, 40))
    first = features(counts[0], rank, 0) @ basis
    second = features(counts[1], rank, 1) @ basis + 0.2
    expected = by_singular_values(first, second)
    # What is promised: on some processors the root of a rounded zero is 1e-9 of it.
    assert_close(frechet_distance(first, second), expected, 1e-6, "features")
    assert_close(frechet_distance(second, first), expected, 1e-6, "features")
    of_statistics = [FeatureStatistics.from_features(x) for x in (first, second)]
    assert_close(frechet_distance(*of_statistics), expected, 1e-6, "statistics")


def test_orthogonal_subspaces():
    # Nothing overlaps: distance of the means, and both traces.
    first, second = np.zeros((60, 20)), np.zeros((60, 20))
    first[:, :5], second[:, 5:12] = features(60, 5, 0), features(60, 7, 1)
    apart = np.sum((first.mean(0) - second.mean(0)) ** 2)
    expected = apart + first.var(0, ddof=1).sum() + second.var(0, ddof=1).sum()
    assert_close(frechet_distance(first, second), expected, 1e-9)


@pytest.mark.parametrize("count", [2, 9, 50])
def test_constant_features(count):
    first, second = np.full((count, 9), 2.0), features(50, 9, 0)
    expected = np.sum((2 - second.mean(0)) ** 2) + second.var(0, ddof=1).sum()
    assert_close(frechet_distance(first, second), expected, 1e-12)
    assert_close(frechet_distance(first, np.full((count, 9), 5.0)), 81.0, 1e-12)
    assert frechet_distance(first, first.copy()) == 0


@pytest.mark.parametrize("decay", [0.0, 1.0, 3.0])
def test_identical_features_of_any_spectrum(decay):
    x = features(200, 64, 0, decay, shift=30.0)
    assert frechet_distance(x, x.copy()) < 1e-6


def test_a_bound_that_is_too_wide_takes_singular_values(monkeypatch):
    calls = []
    original = module.svdvals
    monkeypatch.setattr(module, "svdvals", lambda m: calls.append(1) or original(m))
    frechet_distance(features(200, 64, 0), features(200, 64, 1, shift=0.2))
    assert not calls
    frechet_distance(features(200, 64, 0, 4.0), features(200, 64, 1, 4.0))
    assert calls


def test_statistics_beyond_float64_are_refused():
    with pytest.raises(ValueError, match="within the range of float64"):
        frechet_distance(features(20, 3, 0) * 1e200, features(20, 3, 1))


@quick
@given(st.integers(0, 1000), st.integers(2, 40), st.integers(2, 40))
def test_symmetry_permutation_and_rotation(seed, count, other):
    first, second = features(count, 12, seed), features(other, 12, seed + 1, shift=1.0)
    random = np.random.default_rng(seed)
    rotation = np.linalg.qr(random.normal(size=(12, 12)))[0]
    expected = frechet_distance(first, second)
    for changed in (
        frechet_distance(second, first),
        frechet_distance(random.permutation(first), second),
        frechet_distance(first @ rotation, second @ rotation),
        frechet_distance(first + 7, second + 7),
        frechet_distance(3 * first, 3 * second) / 9,
    ):
        assert changed == pytest.approx(expected, rel=1e-7)
