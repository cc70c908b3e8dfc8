"""What needs no second look on another backend."""

import keras
import pytest

# On PyTorch, whose process is done first.
once = pytest.mark.skipif(
    keras.backend.backend() != "torch",
    reason="no different on another backend, and slow: once, on PyTorch",
)
