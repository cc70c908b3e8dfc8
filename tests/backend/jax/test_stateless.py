"""Functions that read and assign variables, without side effects."""

import keras
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("of JAX alone", allow_module_level=True)

from keras_s3gan.backend.jax.stateless import run_stateless


def test_only_what_was_assigned_comes_back():
    read, assigned = keras.Variable(2.0), keras.Variable(5.0)

    def function(x):
        assigned.assign(read * x)
        return assigned + 1.0

    outputs, updates = run_stateless(
        function, [3.0], [read, assigned], [keras.ops.array(10.0), keras.ops.array(7.0)]
    )
    assert float(outputs) == 31
    assert {index: float(value) for index, value in updates.items()} == {1: 30.0}
    assert (float(read), float(assigned)) == (2.0, 5.0)
