"""Batches for `fit`, of images that are indexed like an array."""

import math

import keras
import numpy as np

from keras_s3gan import backend


def even_epochs(steps, wanted):
    """Divides steps into epochs of equal length, close to a preferred length.

    Args:
        steps: int >= 1. Number of steps.
        wanted: int >= 1. Preferred number of steps per epoch.

    Returns:
        `(epochs, steps_per_epoch)`, whose product is `steps`. A prime number of steps
        is one epoch: epochs are not shorter than a tenth of `wanted`.
    """
    least = min(steps, math.ceil(wanted / 10))
    divisors = [number for number in range(least, steps + 1) if steps % number == 0]
    length = min(divisors, key=lambda number: abs(math.log(number / wanted)))
    return steps // length, length


class ImageBatches(keras.utils.PyDataset):
    """Batches of equal size, in a new random order each epoch unless not shuffled.

    Within an epoch, no image is repeated before all images were used. If several
    processes share a batch, each gets its part.

    Args:
        images: array `[N, …]`, or an object with a length that gives `[n, …]` for an
            array of n indices.
        batch_size: int.
        steps: int. Number of batches per epoch.
        indices: integers. Indices of the images to use. Defaults to all.
        labels: integers `[N]`, soft labels `[N, num_classes]` or `None`.
        seed: int. Seed of the order.
        shuffle: bool. `False` keeps the order of the images. Defaults to `True`.

    Raises:
        ValueError: if there are no images, or the processes cannot share a batch.
    """

    def __init__(
        self,
        images,
        batch_size,
        steps,
        indices=None,
        labels=None,
        seed=0,
        shuffle=True,
    ):
        super().__init__()
        if indices is None:
            indices = np.arange(len(images))
        if not len(indices):
            raise ValueError(
                "A batch needs at least one image. "
                f"Received: {'no labelled' if len(images) else '0'} images"
            )
        self.images, self.labels = images, labels
        self.batch_size, self.steps = batch_size, steps
        self._indices = indices
        self._rows = backend.own_rows(batch_size)
        self._random = np.random.default_rng(seed)
        self._shuffle = shuffle
        self.on_epoch_end()

    def on_epoch_end(self):
        rounds = -(-self.steps * self.batch_size // len(self._indices))
        self._order = np.concatenate(
            [
                self._random.permutation(self._indices)
                if self._shuffle
                else self._indices
                for _ in range(rounds)
            ]
        )

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rows = self._order[step * self.batch_size + self._rows]
        if self.labels is None:
            return (self.images[rows],)
        return self.images[rows], self.labels[rows]


class PairedBatches(keras.utils.PyDataset):
    """Pairs of a labelled batch and a batch of all images, drawn independently.

    The number of labelled images per batch does not depend on how many there are.

    Args:
        labelled: `ImageBatches` with labels.
        unlabelled: `ImageBatches` with the same number of steps.
    """

    def __init__(self, labelled, unlabelled):
        super().__init__()
        self.labelled, self.unlabelled = labelled, unlabelled

    def on_epoch_end(self):
        self.labelled.on_epoch_end()
        self.unlabelled.on_epoch_end()

    def __len__(self):
        return len(self.labelled)

    def __getitem__(self, step):
        images, labels = self.labelled[step]
        return {"labelled": images, "unlabelled": self.unlabelled[step][0]}, labels
