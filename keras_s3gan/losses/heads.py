"""Losses of the discriminator's heads."""

import math

from keras import ops

from keras_s3gan import backend, deprecation


def rotation_cross_entropy(logits, labels):
    """Mean cross-entropy of rotation logits.

    Args:
        logits: `[N, 4]`.
        labels: integers `[N]`, the number of quarter turns.

    Returns:
        A scalar in float32.

    Example:
        >>> logits = 10 * keras.ops.eye(4)
        >>> round(float(rotation_cross_entropy(logits, [0, 1, 2, 3])), 3)
        0.0
    """
    logits = ops.cast(logits, "float32")
    return ops.mean(
        ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    )


@deprecation.renamed_arguments(rows="labels_one_hot")
def has_label(labels_one_hot):
    """The label mask: which images have a label.

    Args:
        labels_one_hot: `[…, N, num_classes]`, zeros for an image without a label.

    Returns:
        float32 `[…, N]`: 1 for an image with a label, 0 for one without.

    Example:
        >>> keras.ops.convert_to_numpy(has_label(to_one_hot([3, -1], 10)))
        array([1., 0.], dtype=float32)
    """
    return ops.cast(ops.sum(labels_one_hot, axis=-1) > 0.5, "float32")


@deprecation.renamed_arguments(rows="labels_one_hot", available="label_mask")
def labelled_cross_entropy(logits, labels_one_hot, label_mask, count=None):
    """Mean cross-entropy over the labelled images; 0 if there is none.

    Args:
        logits: `[N, num_classes]`.
        labels_one_hot: `[N, num_classes]`, one-hot or soft.
        label_mask: `[N]`, 1 for an image with a label, 0 for one without.
        count: as in `labelled_mean`.

    Returns:
        A scalar in float32.

    Example:
        >>> labels_one_hot = to_one_hot([0, -1], num_classes=2)
        >>> mask, logits = has_label(labels_one_hot), keras.ops.zeros((2, 2))
        >>> round(float(labelled_cross_entropy(logits, labels_one_hot, mask)), 3)
        0.693
    """
    logits = ops.cast(logits, "float32")
    entropy = ops.categorical_crossentropy(labels_one_hot, logits, from_logits=True)
    return labelled_mean(entropy, label_mask, count)


def normalized_entropy(logits):
    """Mean entropy of the classes' probabilities, in units of that of equal ones.

    Args:
        logits: `[N, num_classes]`, of at least 2 classes.

    Returns:
        A scalar in float32: 0 if each image is surely of one class, 1 if all classes
        are equally probable.

    Example:
        >>> round(float(normalized_entropy(keras.ops.zeros((2, 10)))), 3)
        1.0
    """
    logarithms = ops.log_softmax(ops.cast(logits, "float32"))
    entropies = -ops.sum(ops.exp(logarithms) * logarithms, axis=-1)
    return ops.mean(entropies) / math.log(logits.shape[-1])


@deprecation.renamed_arguments(available="label_mask")
def labelled_mean(values, label_mask, count=None):
    """Mean of `values` over the labelled images; 0 if there is none.

    With replicas, which may have different numbers of labels, the mean of this over the
    replicas is the mean over the labelled images of the whole batch.

    Args:
        values, label_mask: `[N]`.
        count: scalar. The number of labelled images to divide by. With gradient
            accumulation this is the mean number per microbatch, so that the mean over
            the microbatches is that over the batch. Defaults to
            `labelled_count(label_mask)`.

    Returns:
        A scalar.

    Example:
        >>> values, mask = keras.ops.array([2.0, 8.0]), keras.ops.array([1.0, 0.0])
        >>> float(labelled_mean(values, mask))
        2.0
    """
    if count is None:
        count = labelled_count(label_mask)
    return ops.sum(values * label_mask) / ops.where(count > 0, count, 1.0)


@deprecation.renamed_arguments(available="label_mask")
def labelled_count(label_mask):
    """Number of labelled images; with replicas, its mean over them.

    Args:
        label_mask: `[N]`, 1 for an image with a label, 0 for one without.

    Returns:
        A scalar.

    Example:
        >>> float(labelled_count(keras.ops.array([1.0, 0.0, 1.0])))
        2.0
    """
    (count,) = backend.replica_mean(ops.sum(label_mask))
    return count
