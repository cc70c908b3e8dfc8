import numpy as np
import pytest

from keras_s3gan.callbacks.sampling import row_count, row_labels, sample_rows


class ManyClasses:
    image_shape = (2, 2, 1)

    def __init__(self, num_classes):
        self.num_classes = num_classes

    def generate(self, labels, **settings):
        """Images whose pixels are their class."""
        return np.tile(np.reshape(labels, (-1, 1, 1, 1)), (1, 2, 2, 1))


@pytest.mark.parametrize(("num_classes", "rows"), [(1, 1), (20, 20), (1000, 20)])
def test_pictures_show_at_most_twenty_classes(num_classes, rows):
    gan = ManyClasses(num_classes)
    names = [f"class {label}" for label in range(num_classes)]
    images = sample_rows(gan, 3)
    assert row_count(gan) == len(images) == rows
    shown = images[:, 0, 0, 0, 0]
    assert (images == shown[:, None, None, None, None]).all()
    assert (shown[0], shown[-1]) == (0, num_classes - 1)
    assert len(set(shown)) == rows
    assert row_labels(gan) == list(shown)
    assert row_labels(gan, names) == [f"class {label}" for label in shown]
