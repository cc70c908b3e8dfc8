"""One form for every label: a row of class weights."""

import keras
from keras import ops


def label_rows(labels, num_classes):
    """Labels as rows; the row of an unlabelled image is all zeros.

    Args:
        labels: integers `[N]`, -1 for no label, or soft rows `[N, num_classes]`.
        num_classes: int.

    Returns:
        float32 `[N, num_classes]`.

    Raises:
        ValueError: if the shape or dtype is neither.
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
