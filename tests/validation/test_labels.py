import numpy as np
import pytest

from keras_s3gan.validation import check_hard_labels, check_labels


def test_hard_labels_keep_minus_one():
    labels = check_labels(np.array([0, 2, -1], dtype=np.int64), 3, 3)
    assert labels.dtype == np.int32
    assert labels.tolist() == [0, 2, -1]


def test_soft_labels_keep_rows_of_zeros():
    soft = np.array([[0.2, 0.8], [0.0, 0.0], [1.0005, 0.0]])
    labels = check_labels(soft, 3, 2)
    assert labels.dtype == np.float32
    np.testing.assert_array_equal(labels, soft.astype(np.float32))


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 1, 3], r"from 0 to 2\. Received: labels\[2\]=3"),
        ([0, -2, 1], r"-1 \(none\).*Received: labels\[1\]=-2"),
        ([0, 1], r"must be \[3\].*Received: shape=\(2,\)"),
        ([0.0, 1.0, 2.0], "integers. Received: dtype=float64"),
        (np.zeros((3, 2)), r"num_classes=3\]\. Received: shape=\(3, 2\)"),
        (np.full((3, 3), 0.3), r"sum to 1.*labels\[0\].*sum=0\.9"),
        ([[1, 0, 0], [0, 0, 0], [1.5, -0.5, 0]], r"non-negative.*labels\[2\]"),
        ([[1, 0, 0], [np.nan, 0, 0], [0, 0, 0]], r"labels\[1\]=\[nan"),
    ],
)
def test_bad_labels_are_named(labels, message):
    with pytest.raises(ValueError, match=message):
        check_labels(labels, 3, 3)


@pytest.mark.parametrize("labels", [[1, -1, 0], [[0, 1], [0, 0], [1.0, 0]]])
def test_one_hot_labels_become_integers(labels):
    found = check_hard_labels(labels, 3, 2)
    assert found.dtype == np.int32 and found.tolist() == [1, -1, 0]


def test_soft_labels_are_not_hard():
    with pytest.raises(ValueError, match=r"not soft. Received: labels\[1\]"):
        check_hard_labels([[0, 1], [0.5, 0.5]], 2, 2)
