"""Shares and weights of classes that have different numbers of images."""

import numbers
from typing import Any

import numpy as np

# Of "effective": at 1,000 images of a class another one counts 0.37 of the first.
BETA = 0.999
_NAMES = ("natural", "effective", "uniform")


def check_balance(
    name: str, value: Any, allowed: tuple[str | None, ...] = _NAMES
) -> None:
    """Raises a `ValueError` unless `value` says how classes are balanced.

    Args:
        name: str. What the value is called.
        value: one of `allowed`, or a float in (0, 1), the beta of effective numbers.
        allowed: what else it may be.
    """
    number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if number and 0 < value < 1:
        return
    if number or not isinstance(value, str | None) or value not in allowed:
        raise ValueError(
            f"`{name}` must be one of {allowed}, or a number in (0, 1), the beta of "
            f"effective numbers. Received: {name}={value!r}"
        )


def check_shares(
    name: str, shares: Any, num_classes: int, otherwise: str = ""
) -> np.ndarray:
    """Checks shares of classes and returns them as float64 `[num_classes]`.

    Args:
        name: str. What the shares are called.
        shares: `[num_classes]`, in any unit.
        num_classes: int.
        otherwise: str. What else is allowed, for the message.

    Raises:
        ValueError: if they are not as many numbers >= 0 of which one is positive.
    """
    try:
        values = np.asarray(shares, "float64")
    except (TypeError, ValueError):
        values = np.zeros(0)
    good = values.shape == (num_classes,) and np.isfinite(values).all()
    if not good or (values < 0).any() or not values.any():
        raise ValueError(
            f"`{name}` must be {otherwise}{num_classes} numbers >= 0, one for each "
            f"class. Received: {name}={shares!r}"
        )
    return values / values.sum()


def count_classes(labels: Any, num_classes: int) -> np.ndarray:
    """The number of images of each class, float64 `[num_classes]`.

    Args:
        labels: integers `[N]`, -1 for none; or soft labels `[N, num_classes]`.
        num_classes: int.
    """
    labels = np.asarray(labels)
    if labels.ndim == 2:
        return labels.sum(axis=0, dtype="float64")
    return np.bincount(labels[labels >= 0], minlength=num_classes).astype("float64")


def effective_numbers(counts: np.ndarray, beta: float) -> np.ndarray:
    """`(1 - beta^n) / (1 - beta)`: n images, of which later ones add ever less.

    Args:
        counts: numbers n >= 0.
        beta: float in (0, 1). Towards 0 a class counts 1, towards 1 it counts n.

    Reference:
        - Cui et al., 2019, https://arxiv.org/abs/1901.05555
    """
    return -np.expm1(np.asarray(counts) * np.log(beta)) / (1 - beta)


def class_probabilities(balance: str | float, counts: np.ndarray) -> np.ndarray:
    """How often each class is drawn, float64 `[num_classes]`.

    Args:
        balance: `"natural"`, as often as it occurs; `"uniform"`, each class that occurs
            equally often; `"effective"`, in proportion to its effective number, which
            lies between; or the beta of these.
        counts: `[num_classes]`, the number of images of each class.
    """
    if balance == "natural":
        drawn = np.asarray(counts, "float64")
    elif balance == "uniform":
        drawn = (np.asarray(counts) > 0).astype("float64")
    else:
        drawn = effective_numbers(counts, _beta(balance))
    return drawn / max(drawn.sum(), np.finfo("float64").tiny)


def class_weights(balance: str | float, counts: np.ndarray) -> np.ndarray:
    """Weights of a class-balanced loss, float64 `[num_classes]`.

    One over the effective number of the class, such that the mean weight of all images
    is 1. A class without images has the weight of one with a single image.

    Args:
        balance: `"effective"`, or the beta of effective numbers.
        counts: `[num_classes]`, the number of images of each class.
    """
    counts = np.asarray(counts, "float64")
    weights = 1 / effective_numbers(np.maximum(counts, 1), _beta(balance))
    return weights * counts.sum() / max(np.dot(weights, counts), 1e-12)


def _beta(balance: str | float) -> float:
    return BETA if isinstance(balance, str) else float(balance)
