"""A classifier that needs no training."""

import keras


class BarReader(keras.Model):
    """A classifier that reads the class of `bars` exactly, in batches of one size."""

    def __init__(self, num_classes=3):
        super().__init__()
        self.num_classes = num_classes

    def call(self, images):
        self.batch_size = images.shape[0]
        columns = images[:, 2:, 1 : 2 * self.num_classes : 2, 0]
        return 20 * keras.ops.mean(columns, axis=1)
