"""Compiled functions: they read and assign variables, from arrays to arrays."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend


def test_a_compiled_function_reads_and_assigns():
    weight, total = keras.Variable(2.0), keras.Variable(0.0, trainable=False)

    def function(arrays):
        total.assign_add(ops.sum(arrays["x"]))
        return arrays["x"] * weight

    run = backend.compiled(function, [weight, total])
    x = np.array([1.0, 2.0], "float32")
    np.testing.assert_allclose(ops.convert_to_numpy(run({"x": x})), [2, 4])
    weight.assign(3.0)
    np.testing.assert_allclose(ops.convert_to_numpy(run({"x": x})), [3, 6])
    assert float(total) == 6


def test_rows_are_computed_for_all_devices():
    weight = keras.Variable(2.0)
    run, count = backend._backend.data_parallel(
        lambda x: {"twice": x * weight}, [weight]
    )
    x = np.arange(2 * count, dtype="float32")[:, None]
    found = run(x)["twice"]
    assert isinstance(found, np.ndarray)
    np.testing.assert_allclose(found, 2 * x)


def test_whether_compiling_pays_is_known():
    assert backend.default_jit_compile() in (True, False)
