"""Batches for `fit`, drawn from images that are indexed like an array."""

import math

import keras
import numpy as np

from keras_s3gan import backend


def even_epochs(steps, wanted):
    """Divides steps into epochs of one length, as near to the wanted one as there is.

    Args:
        steps: int >= 1.
        wanted: int >= 1. Steps an epoch.

    Returns:
        `(epochs, steps_per_epoch)`, whose product is `steps`.
    """
    divisors = [number for number in range(1, steps + 1) if steps % number == 0]
    length = min(divisors, key=lambda number: abs(math.log(number / wanted)))
    return steps // length, length


class ImageBatches(keras.utils.PyDataset):
    """Random batches of one size, drawn anew for each epoch.

    Within an epoch each image comes once before any comes again. Where several devices
    share every batch, this process' rows of it come.

    Args:
        images: array `[N, …]`, or anything with `len` that gives `[n, …]` for an array
            of n indices.
        batch_size: int.
        steps: int. Batches an epoch.
        indices: the images to draw from. Defaults to all.
        labels: integers `[N]` or `None`.
        seed: int.

    Raises:
        ValueError: if there is no image to draw from, or a batch cannot be shared.
    """

    def __init__(self, images, batch_size, steps, indices=None, labels=None, seed=0):
        super().__init__()
        if indices is None:
            indices = np.arange(len(images))
        if not len(indices):
            raise ValueError(
                "There must be at least one image to draw a batch from. "
                f"Received: {'no labelled' if len(images) else '0'} images"
            )
        self.images, self.labels = images, labels
        self.batch_size, self.steps = batch_size, steps
        self._indices = indices
        self._rows = backend.own_rows(batch_size)
        self._random = np.random.default_rng(seed)
        self.on_epoch_end()

    def on_epoch_end(self):
        rounds = -(-self.steps * self.batch_size // len(self._indices))
        self._order = np.concatenate(
            [self._random.permutation(self._indices) for _ in range(rounds)]
        )

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rows = self._order[step * self.batch_size + self._rows]
        if self.labels is None:
            return (self.images[rows],)
        return self.images[rows], self.labels[rows]


class PairedBatches(keras.utils.PyDataset):
    """A batch of labelled and one of all images at each step, drawn separately.

    So that few labels fill a batch as well as many do.

    Args:
        labelled: `ImageBatches` with labels.
        unlabelled: `ImageBatches` of as many steps.
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
