"""Labels as one-hot rows."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import to_one_hot
from tests.tolerance import assert_close

LABELS = np.array([0, 3, 1, -1, 2, 3], "int32")


def test_label_rows():
    labels_one_hot = ops.convert_to_numpy(to_one_hot(LABELS, 4))
    expected = np.zeros((6, 4))
    for index, label in enumerate(LABELS):
        if label >= 0:
            expected[index, label] = 1.0
    assert_close(labels_one_hot, expected, 0)
    soft = np.full((2, 4), 0.25, "float32")
    assert_close(to_one_hot(soft, 4), soft, 0)


@pytest.mark.parametrize(
    "labels",
    [np.zeros((2, 3), "float32"), np.zeros(2, "float32"), np.zeros((2, 2, 4), "int32")],
)
def test_other_labels_are_refused(labels):
    with pytest.raises(ValueError, match="Received: labels of shape"):
        to_one_hot(labels, 4)
