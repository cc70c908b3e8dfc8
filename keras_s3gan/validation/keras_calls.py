"""Arguments of Keras' own methods, which every model here takes or refuses alike."""

from collections.abc import Sequence
from typing import Any

import keras


def refuse(reason: str, **arguments: Any) -> None:
    """Raises a `ValueError` for the first argument that is not `None`.

    Args:
        reason: str. Why it must be left out.
        **arguments: by their names.

    Raises:
        ValueError: that names the argument.

    Example:
        >>> refuse("images have no weights", sample_weight=None)
    """
    for name, value in arguments.items():
        if value is not None:
            raise ValueError(
                f"`{name}` must be left out: {reason}. Received: {name}={value}"
            )


def callback_list(
    model: keras.Model,
    callbacks: Sequence[keras.callbacks.Callback] | keras.callbacks.CallbackList | None,
    verbose: int | str,
    steps: int | None,
) -> keras.callbacks.CallbackList:
    """The callbacks of `evaluate` and `predict`, as Keras' own methods make them.

    Args:
        model: `keras.Model`.
        callbacks: list of `keras.callbacks.Callback`, or a `CallbackList`, or `None`.
        verbose: 0, 1 or 2.
        steps: int or `None`. Batches of the progress bar.

    Returns:
        `keras.callbacks.CallbackList`.

    Example:
        >>> callbacks = callback_list(gan, None, verbose=0, steps=10)
        >>> callbacks.on_test_begin()
    """
    if isinstance(callbacks, keras.callbacks.CallbackList):
        return callbacks
    return keras.callbacks.CallbackList(
        callbacks,
        add_progbar=verbose != 0,
        verbose=verbose,
        epochs=1,
        steps=steps,
        model=model,
    )
