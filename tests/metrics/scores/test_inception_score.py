import numpy as np
import pytest

from keras_s3gan.metrics import StreamingInceptionScore, inception_score
from tests import golden
from tests.metrics.reference_packages import reference
from tests.once import once
from tests.tolerance import assert_close


def logits(count=103, classes=7, seed=0):
    return 2 * np.random.default_rng(seed).normal(size=(count, classes))


def softmax(x):
    exponentials = np.exp(x - x.max(1, keepdims=True))
    return exponentials / exponentials.sum(1, keepdims=True)


def test_golden():
    stored = golden.load("item7_fid_inception.npz")
    found = inception_score(stored["logits"], splits=1)
    assert_close(found.mean, stored["inception_score_float64"], 1e-12)


@once("NumPy alone, beside PyTorch")
def test_torch_fidelity(monkeypatch):
    theirs = reference("torch_fidelity.metric_isc", monkeypatch)
    import torch

    x = logits().astype("float32")
    expected = theirs.isc_features_to_metric(torch.from_numpy(x), 10, shuffle=False)
    mean, deviation = expected.values()
    found = inception_score(x)
    assert_close(found.mean, mean, 1e-5, "mean")
    assert_close(found.standard_deviation, deviation, 1e-5, "deviation")


def test_probabilities_equal_logits():
    x = logits()
    expected = inception_score(x, splits=3)
    found = inception_score(softmax(x), from_logits=False, splits=3)
    np.testing.assert_allclose(found, expected, rtol=1e-12)


def test_extremes():
    found = inception_score(np.eye(5), from_logits=False, splits=1)
    assert_close(found.mean, 5.0, 1e-12)
    assert inception_score(np.zeros((20, 5)), splits=2) == (1.0, 0.0)
    # Softmax of these rounds to 0 and 1.
    assert_close(inception_score(1e4 * np.eye(5), splits=1).mean, 5.0, 1e-12)


def test_shuffling_helps_sorted_images():
    x = np.repeat(20 * np.eye(5), 40, axis=0)
    assert inception_score(x, splits=5).mean == pytest.approx(1, abs=1e-6)
    assert inception_score(x, splits=5, seed=0).mean > 4


def test_batches_do_not_matter():
    x = logits()
    streamed = StreamingInceptionScore(7)
    for batch in np.array_split(x, [1, 1, 50]):
        streamed.update(batch)
    expected = inception_score(x, splits=1).mean
    assert streamed.result() == pytest.approx(expected, rel=1e-12)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="sum to 1"):
        inception_score(logits(), from_logits=False)
    with pytest.raises(ValueError, match="at least 10 rows. Received: 9"):
        inception_score(logits(9))
    with pytest.raises(ValueError, match="Received: 0"):
        StreamingInceptionScore(7).result()
    with pytest.raises(ValueError, match=r"\[N, 7\]"):
        StreamingInceptionScore(7).update(logits(classes=3))
    x = logits()
    x[2] = np.nan
    with pytest.raises(ValueError, match="7 of 721"):
        inception_score(x)
