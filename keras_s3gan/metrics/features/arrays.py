"""Checks of arrays of features and of their labels."""

import numpy as np

from keras_s3gan.validation import check_finite


def checked_features(features, name="features", minimum=0):
    """Checks features and returns them as an array, in their own dtype.

    Args:
        features: finite real numbers `[N, D]`.
        name: str. What errors call them.
        minimum: int. The smallest allowed N.

    Returns:
        NumPy array `[N, D]`.

    Raises:
        ValueError: if `features` are not as above.
    """
    features = np.asarray(features)
    if features.ndim != 2 or not features.shape[1]:
        raise ValueError(f"`{name}` must be [N, D]. Received: shape={features.shape}")
    if features.dtype.kind in "cOSU":
        raise ValueError(
            f"`{name}` must be real numbers. Received: dtype={features.dtype}"
        )
    check_finite(features, name)
    if len(features) < minimum:
        raise ValueError(
            f"`{name}` must have at least {minimum} rows. Received: {len(features)}"
        )
    return features


def require_same_dimension(first, second):
    """Raises a `ValueError` unless `[N, D]` and `[M, D]` have the same D."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            "Both sides must have the same number of features. "
            f"Received: {first.shape[1]} and {second.shape[1]}"
        )


def checked_labels(labels, features, name="labels"):
    """Checks labels of features `[N, D]` and returns them as an array.

    Args:
        labels: integers `[N]`, at least 0.
        features: array `[N, D]`.
        name: str. What errors call the labels.

    Returns:
        NumPy array `[N]`.

    Raises:
        ValueError: if `labels` are not as above.
    """
    labels = np.asarray(labels)
    if labels.shape != features.shape[:1] or labels.dtype.kind not in "iu":
        raise ValueError(
            f"`{name}` must be integers of shape [{len(features)}]. "
            f"Received: {labels.dtype} of shape={labels.shape}"
        )
    if labels.min() < 0:
        raise ValueError(f"`{name}` must be at least 0. Received: {labels.min()}")
    return labels
