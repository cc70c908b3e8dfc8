"""Labels that are sets of classes."""

from keras import ops

# In place of the logit of a class that is not in the set.
_NEVER = -1e9


def partial_cross_entropy(logits, labels):
    """Minus the logarithm of the probability that the class is in the set.

    Of a single class this is the cross-entropy.

    Args:
        logits: `[N, num_classes]`.
        labels: `[N, num_classes]`, positive for the classes of the set; a row of zeros
            is no label, whose value is finite and means nothing.

    Returns:
        A float32 tensor `[N]`.

    Example:
        >>> sets = keras.ops.array([[0.5, 0.5, 0.0]])
        >>> loss = partial_cross_entropy(keras.ops.zeros((1, 3)), sets)
        >>> keras.ops.convert_to_numpy(loss).round(3)
        array([0.405], dtype=float32)
    """
    logits = ops.cast(logits, "float32")
    allowed = ops.where(labels > 0, logits, _NEVER)
    return ops.logsumexp(logits, axis=-1) - ops.logsumexp(allowed, axis=-1)


def within_sets(probabilities, labels):
    """Probabilities of the classes of each set, with the sum 1.

    Args:
        probabilities: `[N, num_classes]`.
        labels: as in `partial_cross_entropy`; a row of zeros allows all classes.

    Returns:
        A tensor `[N, num_classes]`.

    Example:
        >>> sets = keras.ops.array([[0.5, 0.5, 0.0]])
        >>> found = within_sets(keras.ops.array([[0.3, 0.1, 0.6]]), sets)
        >>> keras.ops.convert_to_numpy(found).round(2)
        array([[0.75, 0.25, 0.  ]], dtype=float32)
    """
    unknown = ops.all(labels <= 0, axis=-1, keepdims=True)
    allowed = ops.cast(ops.logical_or(labels > 0, unknown), probabilities.dtype)
    # Where none of the set has a probability, all of it have the same.
    kept = probabilities * allowed + 1e-20 * allowed
    return kept / ops.sum(kept, axis=-1, keepdims=True)


def in_set(classes, labels):
    """Whether each class is in its set.

    Args:
        classes: integers `[N]`.
        labels: as in `partial_cross_entropy`.

    Returns:
        A boolean tensor `[N]`.

    Example:
        >>> sets = keras.ops.array([[0.5, 0.5, 0.0], [0.0, 0.0, 1.0]])
        >>> keras.ops.convert_to_numpy(in_set(keras.ops.array([1, 0]), sets))
        array([ True, False])
    """
    index = ops.cast(classes, "int32")[:, None]
    return ops.take_along_axis(labels, index, axis=-1)[:, 0] > 0
