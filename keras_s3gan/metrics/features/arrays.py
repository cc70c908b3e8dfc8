import numpy as np

from keras_s3gan.validation import check_finite


def checked_features(features, name="features", minimum=0):
    """`features` as an array `[N, D]` of finite real numbers, in its own dtype.

    Args:
        features: `[N, D]`.
        name: str. What error messages call it.
        minimum: int. Smallest allowed N.

    Raises:
        ValueError: if shape, kind or number are others, or a value is not finite.
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
            f"`{name}` must hold at least {minimum} rows. Received: {len(features)}"
        )
    return features


def require_same_dimension(first, second):
    """Raises a `ValueError` where `[N, D]` and `[M, D]` differ in D."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            "Both sides must have the same number of features. "
            f"Received: {first.shape[1]} and {second.shape[1]}"
        )
