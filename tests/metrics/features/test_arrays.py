import numpy as np
import pytest

from keras_s3gan.metrics.features.arrays import (
    checked_features,
    checked_labels,
    require_same_dimension,
)


@pytest.mark.parametrize("dtype", ["float32", "float64", "int32"])
def test_features_keep_their_dtype(dtype):
    features = checked_features(np.ones((3, 2), dtype))
    assert features.dtype == dtype
    assert checked_features([[1.0, 2.0]]).shape == (1, 2)


@pytest.mark.parametrize(
    ("features", "message"),
    [
        (np.zeros(3), r"`real` must be \[N, D\].*shape=\(3,\)"),
        (np.zeros((3, 0)), r"shape=\(3, 0\)"),
        (np.zeros((3, 2), complex), "real numbers.*complex128"),
        (np.array([["a"]]), "real numbers"),
        (np.array([[np.nan, 0]]), "`real` must be finite.*1 of 2"),
        (np.zeros((1, 2)), "at least 2 rows. Received: 1"),
    ],
)
def test_wrong_features_are_refused(features, message):
    with pytest.raises(ValueError, match=message):
        checked_features(features, "real", minimum=2)


def test_other_dimensions_are_refused():
    require_same_dimension(np.zeros((3, 2)), np.zeros((5, 2)))
    with pytest.raises(ValueError, match="Received: 2 and 4"):
        require_same_dimension(np.zeros((3, 2)), np.zeros((3, 4)))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1], r"`labels` must be integers of shape \[3\].*shape=\(2,\)"),
        ([0.0, 1.0, 2.0], "integers.*float64"),
        ([0, -1, 2], "at least 0. Received: -1"),
    ],
)
def test_wrong_labels_are_refused(labels, message):
    with pytest.raises(ValueError, match=message):
        checked_labels(labels, np.zeros((3, 2)))
