"""Checks of integers."""

import numbers
from typing import TypeGuard


def is_integer(value: object) -> TypeGuard[int]:
    """Whether a value is an integer of Python or NumPy; a bool is none."""
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def check_integer(name: str, value: object, minimum: int = 1) -> None:
    """Raises an error unless a value is an integer of at least `minimum`.

    Args:
        name: str. What the error calls the value.
        value: the value to check.
        minimum: int. The smallest allowed value.

    Raises:
        ValueError: if `value` is not such an integer.

    Example:
        >>> check_integer("batch_size", 64)
    """
    if not is_integer(value) or value < minimum:
        raise ValueError(
            f"`{name}` must be an integer of at least {minimum}. "
            f"Received: {name}={value!r}"
        )
