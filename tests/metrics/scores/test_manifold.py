import contextlib
import io

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keras_s3gan.metrics import manifold_scores
from tests.metrics.reference_packages import reference
from tests.once import once
from tests.tolerance import assert_close

pytestmark = once("NumPy alone")
quick = settings(max_examples=15, derandomize=True, deadline=None, database=None)


def features(count, dimension=6, seed=0, shift=0.0, scale=1.0):
    random = np.random.default_rng(seed)
    return random.normal(size=(count, dimension)) * scale + shift


def by_definition(real, generated, k):
    def distances(x, y):
        return np.sqrt(((x[:, None] - y[None]) ** 2).sum(-1))

    radii = [np.sort(distances(x, x), axis=1)[:, k] for x in (real, generated)]
    inside = distances(real, generated) < radii[0][:, None]
    return (
        inside.any(0).mean(),
        (distances(real, generated) < radii[1]).any(1).mean(),
        inside.sum(0).mean() / k,
        inside.any(1).mean(),
    )


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("count", "other", "dimension", "k"),
    [(30, 40, 2, 3), (300, 200, 64, 5), (2300, 1500, 12, 5), (8, 7, 3, 5)],
)
def test_prdc(count, other, dimension, k, dtype, monkeypatch):
    theirs = reference("prdc", monkeypatch)
    real = features(count, dimension, shift=3.0).astype(dtype)
    generated = features(other, dimension, 1, 3.1, 0.9).astype(dtype)
    with contextlib.redirect_stdout(io.StringIO()):
        expected = theirs.compute_prdc(real, generated, k)
    # Equal counts; the means are taken in another order.
    for name, value in manifold_scores(real, generated, k)._asdict().items():
        assert_close(value, expected[name], 1e-14, name)


def check_definition(real, generated):
    found, expected = (f(real, generated, 4) for f in (manifold_scores, by_definition))
    for ours, theirs in zip(found, expected, strict=True):
        assert_close(ours, theirs, 1e-14)


def test_near_duplicates_and_far_outliers():
    # Float32 cannot tell apart what lies within a cluster here.
    real = np.concatenate([features(100, scale=1e-4), features(100, 6, 1, 50, 1e-4)])
    generated = np.concatenate([features(150, 6, 2, 0, 1e-4), features(3, 6, 3, 1e4)])
    check_definition(real, generated)


def test_copies_count_as_often_as_they_occur():
    # On a grid, squared distances are exact.
    random = np.random.default_rng(0)
    real = random.integers(0, 6, (80, 3)).astype("float64")
    generated = random.integers(0, 6, (90, 3)).astype("float64")
    assert len(np.unique(real, axis=0)) < 80
    check_definition(real, generated)


def test_same_and_disjoint_sets():
    x = features(50)
    same = manifold_scores(x, x.copy())
    assert (same.precision, same.recall, same.coverage) == (1, 1, 1)
    # A point lies in the balls of those to whom it is nearer than their fifth, itself
    # among them: five a ball on average.
    assert same.density == pytest.approx(1)
    assert manifold_scores(x, x + 100) == (0, 0, 0, 0)


@quick
@given(st.integers(0, 1000), st.integers(1, 5))
def test_permutation_rotation_and_symmetry(seed, k):
    real, generated = features(40, seed=seed), features(30, seed=seed + 1, shift=0.4)
    random = np.random.default_rng(seed)
    rotation = np.linalg.qr(random.normal(size=(6, 6)))[0]
    expected = manifold_scores(real, generated, k)
    permuted = manifold_scores(random.permutation(real), generated[::-1], k)
    assert permuted == pytest.approx(expected, rel=1e-14)
    rotated = manifold_scores(real @ rotation, generated @ rotation, k)
    assert rotated == pytest.approx(expected, rel=1e-14)
    swapped = manifold_scores(generated, real, k)
    assert (swapped.precision, swapped.recall) == (
        pytest.approx(expected.recall),
        pytest.approx(expected.precision),
    )


def test_wrong_arguments():
    x = features(10)
    with pytest.raises(ValueError, match="`real` must have at least 6 rows.*5"):
        manifold_scores(x[:5], x)
    with pytest.raises(ValueError, match="`generated` must have at least 6.*Rec.*: 1"):
        manifold_scores(x, x[:1])
    with pytest.raises(ValueError, match="1 different points among 10"):
        manifold_scores(x, np.ones((10, 6)))
    with pytest.raises(ValueError, match="Received: k=0"):
        manifold_scores(x, x, 0)
    with pytest.raises(ValueError, match="Received: 6 and 3"):
        manifold_scores(x, x[:, :3])
    x[0, 0] = np.nan
    with pytest.raises(ValueError, match="`real` must be finite.*1 of 60"):
        manifold_scores(x, features(10))
