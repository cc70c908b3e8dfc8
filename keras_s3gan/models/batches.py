"""The contract of a batch, checked before the first step."""

import itertools

import keras
import numpy as np

from keras_s3gan.validation import check_labels, check_range


def check_batch(batch, image_shape, num_classes):
    """Checks `(images, labels)`, or `images` alone if `num_classes` is `None`."""
    parts = batch if isinstance(batch, (tuple, list)) else (batch,)
    images = keras.ops.convert_to_numpy(parts[0])
    if tuple(images.shape[1:]) != tuple(image_shape):
        raise ValueError(
            f"Images must have the shape [N, {', '.join(map(str, image_shape))}]. "
            f"Received: images of shape {tuple(images.shape)}"
        )
    check_range(images)
    if num_classes is None:
        return
    if len(parts) < 2 or parts[1] is None:
        raise ValueError(
            f"A GAN of {num_classes} classes is trained on (images, labels), with -1 "
            "for images without a label. Received: images alone"
        )
    check_labels(keras.ops.convert_to_numpy(parts[1]), len(images), num_classes)


def peek(batches):
    """The first batch, and batches that still begin with it.

    Raises:
        ValueError: if there is none.
    """
    iterator = iter(batches)
    try:
        first = next(iterator)
    except StopIteration:
        raise ValueError("The training data must hold at least one batch.") from None
    if iterator is batches:
        return first, (batch for batch in itertools.chain([first], iterator))
    return first, batches


class ArrayBatches(keras.utils.PyDataset):
    """Shuffled batches of arrays, all of one size.

    What is left over at the end of an epoch is left out; another permutation leaves out
    other images in the next.

    Args:
        images: array `[N, …]`.
        labels: array `[N, …]` or `None`.
        batch_size: int. Images a batch.
        seed: int, ints or `None`, as `numpy.random.default_rng` takes them.

    Raises:
        ValueError: if there are fewer images than `batch_size`.
    """

    def __init__(self, images, labels, batch_size, seed):
        super().__init__()
        if len(images) < batch_size:
            raise ValueError(
                f"A training step takes {batch_size} images (batch_size × "
                f"discriminator_steps). Received: {len(images)} images"
            )
        self.images, self.labels = images, labels
        self.batch_size = batch_size
        self._random = np.random.default_rng(seed)
        self.on_epoch_end()

    def __len__(self):
        return len(self.images) // self.batch_size

    def __getitem__(self, index):
        start = index * self.batch_size
        rows = self._order[start : start + self.batch_size]
        if self.labels is None:
            return (self.images[rows],)
        return self.images[rows], self.labels[rows]

    def on_epoch_end(self):
        self._order = self._random.permutation(len(self.images))
