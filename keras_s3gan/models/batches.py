"""The data of `fit` and `evaluate`: checks of a batch, and batches of arrays."""

import itertools

import keras
import numpy as np

from keras_s3gan.validation import check_image_batch, check_labels


def check_batch(batch, image_shape, num_classes):
    """Checks `(images, labels)`, or `images` alone if `num_classes` is `None`."""
    parts = batch if isinstance(batch, (tuple, list)) else (batch,)
    images = keras.ops.convert_to_numpy(parts[0])
    check_image_batch(images, image_shape)
    if len(parts) > 2 and parts[2] is not None:
        raise ValueError(
            "A batch must be (images, labels), without sample weights: the losses of a "
            f"GAN have no weight per image. Received: a batch of {len(parts)} parts"
        )
    if num_classes is None:
        return
    if len(parts) < 2 or parts[1] is None:
        raise ValueError(
            f"A GAN of {num_classes} classes is trained on (images, labels), with -1 "
            "for images without a label. Received: images alone"
        )
    check_labels(keras.ops.convert_to_numpy(parts[1]), len(images), num_classes)


def peek(batches):
    """Returns the first batch, and the batches with it still in front.

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


def data_set(batches):
    """What gives batches, in a form that `keras.Model.fit` takes.

    Raises:
        ValueError: if it gives none.
    """
    kind = type(batches).__name__
    if isinstance(batches, (list, tuple)):
        if batches and all(isinstance(batch, (list, tuple)) for batch in batches):
            return BatchList(batches)
        kind += f" of {type(batches[0]).__name__}" if batches else ", empty"
    elif not isinstance(batches, (str, bytes, dict)) and (
        hasattr(batches, "__iter__") or hasattr(batches, "__getitem__")
    ):
        return batches
    raise ValueError(
        "`x` must be an array of images, with their labels as `y`, or what gives "
        f"batches of (images, labels), without `y`. Received: x of type {kind}"
    )


def slices(images, labels, batch_size, steps):
    """Batches of arrays in order, the last one perhaps smaller.

    Returns:
        `(batches, count)`: an iterator, and the number of batches, at most `steps`.
    """
    count = -(-len(images) // batch_size)
    count = count if steps is None else min(count, steps)
    parts = [slice(i * batch_size, (i + 1) * batch_size) for i in range(count)]
    return (
        ((images[part], None if labels is None else labels[part]) for part in parts),
        count,
    )


def in_turn(batches, steps):
    """An iterator of at most `steps` batches of a data set."""
    if isinstance(batches, keras.utils.PyDataset):
        numbers = itertools.count()
        if batches.num_batches is not None:
            numbers = range(batches.num_batches)
        return (batches[number] for number in itertools.islice(numbers, steps))
    return itertools.islice(batches, steps)


class BatchList(keras.utils.PyDataset):
    """A list of batches, in their order.

    Args:
        batches: list of `(images, labels)`, or of `(images,)` without classes.
    """

    def __init__(self, batches):
        super().__init__()
        self.batches = batches

    def __len__(self):
        return len(self.batches)

    def __getitem__(self, index):
        return tuple(self.batches[index])


class ValidationData(keras.utils.PyDataset):
    """Takes validation data through Keras' `fit` to `evaluate`, which iterates it.

    The one batch of this data set itself is never used.

    Args:
        data: array, `(images, labels)`, or what gives batches.
        batch_size: int or `None`, of `evaluate`.

    Raises:
        ValueError: if there are sample weights.
    """

    def __init__(self, data, batch_size):
        super().__init__()
        if isinstance(data, list):
            data = (data_set(data),)
        self.x, self.y, weights = keras.utils.unpack_x_y_sample_weight(data)
        if weights is not None:
            raise ValueError(
                "`validation_data` must be (images, labels), without sample weights. "
                "Received: three parts"
            )
        self.batch_size = batch_size

    def __len__(self):
        return 1

    def __getitem__(self, index):
        return (np.zeros((1, 1), "float32"),)


class ArrayBatches(keras.utils.PyDataset):
    """Batches of arrays, all of one size.

    The images left over at the end of an epoch are not used in it. Every epoch has a
    new permutation, unless they are not shuffled.

    Args:
        images: array `[N, …]`.
        labels: array `[N, …]` or `None`.
        batch_size: int.
        seed: int, ints or `None`, as `numpy.random.default_rng` takes them.
        shuffle: bool. Defaults to `True`.

    Raises:
        ValueError: if there are fewer images than `batch_size`.
    """

    def __init__(self, images, labels, batch_size, seed, shuffle=True):
        super().__init__()
        if len(images) < batch_size:
            raise ValueError(
                f"A training step takes {batch_size} images (batch_size × "
                f"discriminator_steps). Received: {len(images)} images"
            )
        self.images, self.labels = images, labels
        self.batch_size = batch_size
        self._random = np.random.default_rng(seed)
        self._shuffle = shuffle
        self._order = np.arange(len(images))
        self.on_epoch_end()

    def __len__(self):
        return len(self.images) // self.batch_size

    def __getitem__(self, index):
        start = index * self.batch_size
        indices = self._order[start : start + self.batch_size]
        if self.labels is None:
            return (self.images[indices],)
        return self.images[indices], self.labels[indices]

    def on_epoch_end(self):
        if self._shuffle:
            self._order = self._random.permutation(len(self.images))
