import numpy as np


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
    require_finite(features, name)
    if len(features) < minimum:
        raise ValueError(
            f"`{name}` must hold at least {minimum} rows. Received: {len(features)}"
        )
    return features


def require_finite(array, name):
    """Raises a `ValueError` that counts what is NaN or infinite."""
    # A sum finds them without an array of booleans as large as the features. One that
    # overflows by itself is looked at more closely.
    with np.errstate(over="ignore", invalid="ignore"):
        if np.isfinite(array.sum()):
            return
    bad = np.count_nonzero(~np.isfinite(array))
    if bad:
        raise ValueError(
            f"`{name}` must be finite. "
            f"Received: {bad} of {array.size} values NaN or infinite"
        )


def require_same_dimension(first, second):
    """Raises a `ValueError` where `[N, D]` and `[M, D]` differ in D."""
    if first.shape[1] != second.shape[1]:
        raise ValueError(
            "Both sides must have the same number of features. "
            f"Received: {first.shape[1]} and {second.shape[1]}"
        )


def require_count(value, name, minimum=1):
    """Raises a `ValueError` unless `value` is an integer of at least `minimum`."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise ValueError(f"`{name}` must be an integer. Received: {name}={value!r}")
    if value < minimum:
        raise ValueError(
            f"`{name}` must be at least {minimum}. Received: {name}={value}"
        )
