"""Labels that a GAN's own predictions of the classes change."""

import dataclasses

import numpy as np

from keras_s3gan.class_balance import count_classes
from keras_s3gan.labels.inference import with_mean

# No label is surer than this, so that any may be changed.
_SUREST = 0.99


def refine_labels(before, probabilities, confidence=0.9):
    """Changes labels where they and predictions together are confident of another.

    Both are multiplied, each to the power of a half. One factor a class then makes the
    classes as frequent as among the given labels. An image gets its most probable class
    if that is confident, and else keeps the label that it has. Given labels stay.

    Args:
        before: `InferredLabels`, also with images without any label, whose class is
            then up to the predictions.
        probabilities: `[N, num_classes]`, predictions for all images, such as
            `S3GAN.predict_label_probabilities`.
        confidence: float in (0, 1]. The least probability of a new label. Defaults to
            `0.9`.

    Returns:
        `InferredLabels` with the classes as integers and their probabilities.

    Raises:
        ValueError: if `probabilities` are not as above.

    Example:
        >>> before = InferredLabels([0, 1, 1, -1], [0, 1], 2, [1.0, 1.0, 0.6, 0.0])
        >>> predicted = np.array([[0.9, 0.1], [0.1, 0.9], [0.99, 0.01], [0.1, 0.9]])
        >>> refine_labels(before, predicted, confidence=0.5).labels
        array([0, 1, 0, 1], dtype=int32)
    """
    probabilities = np.asarray(probabilities, "float64")
    shape = (len(before.labels), before.num_classes)
    if probabilities.shape != shape:
        raise ValueError(
            f"`probabilities` must be of shape {shape}, those of the labels. "
            f"Received: shape={probabilities.shape}"
        )
    joint = np.sqrt(_beliefs(before) * np.maximum(probabilities, 1e-12))
    joint /= joint.sum(axis=1, keepdims=True)
    free = np.ones(shape[0], bool)
    free[before.given_ids] = False
    counts = count_classes(before.hard[before.given_ids], before.num_classes)
    if counts.any():
        joint[free] = with_mean(joint[free], counts / counts.sum())
    most = joint.max(axis=1)
    changed = free & (most >= confidence)
    return dataclasses.replace(
        before,
        labels=np.where(changed, joint.argmax(axis=1), before.hard).astype("int32"),
        confidence=np.where(changed, most, before.confidence),
    )


def _beliefs(inferred):
    """Probabilities of the classes as labels have them, `[N, num_classes]`."""
    num_classes, hard = inferred.num_classes, inferred.hard
    if inferred.labels.ndim == 2:
        found = inferred.labels.astype("float64")
    else:
        found = (hard[:, None] == np.arange(num_classes)).astype("float64")
    # What has no probability is as likely right as wrong.
    sure = np.nan_to_num(inferred.confidence.astype("float64"), nan=0.5)
    sure = np.clip(sure, 1 / num_classes, _SUREST)
    if inferred.labels.ndim == 2:
        sure = np.full(len(hard), _SUREST)
    others = (1 - found) / max(num_classes - 1, 1)
    found = sure[:, None] * found + (1 - sure[:, None]) * others
    return np.where(hard[:, None] < 0, 1 / num_classes, found)
