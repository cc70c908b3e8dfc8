"""What needs no second look on another backend."""

import keras
import pytest


def once(reason):
    """Marks a test that runs on PyTorch alone, whose process is done first.

    Args:
        reason: str. Why no other backend can change what comes out, or which test looks
            at it on each backend.

    Raises:
        ValueError: if there is no reason; `@once` alone would make the test disappear.
    """
    if not isinstance(reason, str) or not reason:
        raise ValueError(f"`once` needs a reason. Received: reason={reason}")
    return pytest.mark.skipif(
        keras.backend.backend() != "torch", reason=f"once, on PyTorch: {reason}"
    )
