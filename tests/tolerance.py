"""How near is near enough."""

import json
import os

import keras
import numpy as np

# Names a file that every comparison is noted in, see `benchmarks/golden.py`.
RECORD = "KERAS_S3GAN_RECORD"


def assert_close(actual, expected, relative=1e-4, name="array", elementwise=False):
    """Asserts that two arrays agree relative to the size of the expected one.

    The error is `max|actual - expected| / max|expected|`. Dividing by the largest
    magnitude, not element by element, keeps an entry that is zero up to rounding from
    failing. An expected array of zeros is compared absolutely.

    Args:
        actual: tensor or array.
        expected: tensor or array of the same shape.
        relative: float. Largest error allowed.
        name: str. Stands in the message.
        elementwise: bool. Divide by the magnitude of each entry instead: for numbers
            that need not be of one size. Those that are zero are compared absolutely.
    """
    actual, expected = _float64(actual), _float64(expected)
    assert actual.shape == expected.shape, (
        f"{name}: shape {actual.shape}, expected {expected.shape}"
    )
    for side, values in (("actual", actual), ("expected", expected)):
        wrong = np.count_nonzero(~np.isfinite(values))
        assert not wrong, f"{name}: {wrong} of {values.size} {side} values not finite"
    if not expected.size:
        return
    scale = np.abs(expected) if elementwise else np.max(np.abs(expected))
    errors = np.abs(actual - expected) / np.where(scale, scale, 1.0)
    worst = np.unravel_index(np.argmax(errors), errors.shape)
    error = errors[worst]
    _record(name, error, relative)
    assert error <= relative, (
        f"{name}: relative error {error:.3g} > {relative:.3g}; at {worst} "
        f"{actual[worst]:.8g}, expected {expected[worst]:.8g}"
    )


def _record(name, error, relative):
    path = os.environ.get(RECORD)
    if path:
        test = os.environ["PYTEST_CURRENT_TEST"].rsplit(" ", 1)[0]
        row = {"test": test, "name": name, "error": error, "allowed": relative}
        with open(path, "a") as file:
            file.write(json.dumps(row) + "\n")


def _float64(values):
    # A backend would make a number float32.
    if not isinstance(values, np.ndarray | np.generic | float):
        values = keras.ops.convert_to_numpy(values)
    return np.asarray(values).astype("float64")
