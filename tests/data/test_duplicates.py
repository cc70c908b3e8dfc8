import numpy as np

from keras_s3gan.data.duplicates import without_duplicates
from tests.once import once

pytestmark = once("NumPy alone")


def test_the_first_of_equal_images_stays_where_it_is():
    images = np.array([3, 1, 3, 2, 1], np.uint8)[:, None, None, None]
    kept, labels = without_duplicates(images, np.array([7, 8, 9, 7, 8]))
    assert kept.ravel().tolist() == [3, 1, 2]
    assert labels.tolist() == [7, 8, 7]
