"""How often each class is generated in training."""

import keras
import numpy as np
from keras import ops

from keras_s3gan.class_balance import (
    check_balance,
    check_shares,
    class_probabilities,
    count_classes,
)
from keras_s3gan.validation import check_labels


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


class LabelCounts:
    """Mixin of `GAN`: what depends on the number of labels of each class."""

    def count_labels(self, labels):
        """Tells the model how many labels of training each class has.

        Only what depends on the classes' shares uses it. `fit` on arrays does so
        itself; for data in batches call it before `fit`.

        Args:
            labels: as in `fit`: integers `[N]`, -1 for no label, or `[N, num_classes]`.

        Raises:
            ValueError: if a label is out of range, or no image has one.
        """
        if self.num_classes is None:
            return
        labels = np.atleast_1d(labels)
        labels = check_labels(labels, len(labels), self.num_classes)
        counts = count_classes(labels, self.num_classes)
        if self._counted_variables and not counts.any():
            raise ValueError(
                "The classes' shares are those of the images with a label. "
                "Received: labels that are all -1"
            )
        self._use_counts(counts)

    @property
    def _counted_variables(self):
        """Variables that `count_labels` sets, zeros before that."""
        return [self._labels.probabilities] if self._labels.needs_counts else []

    def _use_counts(self, counts):
        """Sets what depends on the number of labels of each class, `[num_classes]`."""
        self._labels.use_counts(counts)

    def _check_counted(self):
        values = map(ops.convert_to_numpy, self._counted_variables)
        if not all(map(np.any, values)):
            raise ValueError(
                "The model depends on the classes' shares: with data in batches call "
                "`count_labels(labels)` first. Received: no labels to count"
            )
