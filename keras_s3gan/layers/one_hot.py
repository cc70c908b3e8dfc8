"""Labels as one-hot vectors."""

import keras
from keras import ops


def to_one_hot(labels, num_classes):
    """One row per label, `[N, num_classes]`; all zeros for an image without a label.

    Args:
        labels: integers `[N]`, -1 for no label; or soft labels `[N, num_classes]`,
            which are returned in float32.
        num_classes: int.

    Returns:
        A float32 tensor `[N, num_classes]`.

    Raises:
        ValueError: if `labels` has another shape or dtype.

    Example:
        >>> keras.ops.convert_to_numpy(to_one_hot([1, -1], num_classes=2))
        array([[0., 1.],
               [0., 0.]], dtype=float32)
    """
    labels = ops.convert_to_tensor(labels)
    if len(labels.shape) == 2 and labels.shape[-1] == num_classes:
        return ops.cast(labels, "float32")
    dtype = keras.backend.standardize_dtype(labels.dtype)
    if len(labels.shape) == 1 and "int" in dtype:
        classes = ops.arange(num_classes, dtype=dtype)
        return ops.cast(labels[:, None] == classes[None, :], "float32")
    raise ValueError(
        "Labels must be integers of shape [N], -1 for no label, or soft labels of "
        f"shape [N, {num_classes}]. "
        f"Received: labels of shape {tuple(labels.shape)} and dtype {dtype}"
    )
