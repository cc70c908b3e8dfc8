"""How often each class is generated in training."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.class_balance import (
    check_balance,
    check_shares,
    class_probabilities,
)


class LabelDistribution:
    """Draws classes, equally often or by probabilities.

    Args:
        distribution: as `label_distribution` of `GAN`.
        num_classes: int or `None`.
        add_weight: callable as `keras.Layer.add_weight`, for the probabilities.

    Raises:
        ValueError: if the distribution is not known, or there are no classes for it.
    """

    def __init__(self, distribution, num_classes, add_weight):
        self.distribution, self.num_classes = distribution, num_classes
        # A Keras variable, zeros until labels are counted; `None` if all are equal.
        self.probabilities = None
        # Whether the probabilities are those of `use_counts`.
        self.needs_counts = False
        if isinstance(distribution, str) and distribution == "uniform":
            return
        if num_classes is None:
            raise ValueError(
                "A distribution of labels needs networks with `num_classes`. "
                f"Received: label_distribution={distribution!r}, num_classes=None"
            )
        self.needs_counts = not isinstance(distribution, list | tuple)
        if self.needs_counts:
            check_balance("label_distribution", distribution)
            start = np.zeros(num_classes)
        else:
            start = check_shares("label_distribution", distribution, num_classes)
        self.probabilities = add_weight(
            name="label_probabilities",
            shape=(num_classes,),
            dtype="float32",
            initializer=lambda shape, dtype=None: ops.convert_to_tensor(start, dtype),
            trainable=False,
        )

    def use_counts(self, counts):
        """Sets the probabilities from the number of images of each class."""
        if self.needs_counts:
            self.probabilities.assign(class_probabilities(self.distribution, counts))

    def draw(self, count, seed):
        """Integers `[count]`, a tensor, for training.

        Args:
            count: int.
            seed: `keras.random.SeedGenerator`.
        """
        if self.probabilities is None:
            return keras.random.randint((count,), 0, self.num_classes, seed=seed)
        drawn = keras.random.uniform((count, 1), seed=seed)
        # The last end is 1, or less by rounding: the last class has the rest.
        ends = ops.cumsum(self.probabilities)[None, :-1]
        return ops.sum(ops.cast(drawn >= ends, "int32"), axis=-1)

    def sample(self, random, count):
        """Integers `[count]`, an array, the same on every backend.

        Args:
            random: `numpy.random.Generator`.
            count: int.
        """
        if self.probabilities is None:
            return random.integers(self.num_classes, size=count)
        shares = ops.convert_to_numpy(self.probabilities).astype("float64")
        if not shares.any():
            shares = np.ones(self.num_classes)
        return random.choice(self.num_classes, count, p=shares / shares.sum())
