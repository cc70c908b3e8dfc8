"""Gradients of functions of variables and of inputs."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close


def test_a_pullback_gives_gradients_of_inputs_and_variables():
    weight = keras.Variable([2.0, 3.0])
    unused = keras.Variable([1.0])
    inputs = ops.convert_to_tensor([[1.0, 2.0], [3.0, 4.0]])

    def function(x):
        return x * weight, {"sum": ops.sum(x)}

    outputs, aux, pullback = backend.vjp(function, [inputs], [weight, unused])
    assert_close(outputs, [[2, 6], [6, 12]], 1e-6)
    assert_close(aux["sum"], 10, 1e-6)
    (of_inputs,), of_variables = pullback(ops.convert_to_tensor([[1.0, 0], [0, 1.0]]))
    assert_close(of_inputs, [[2, 0], [0, 3]], 1e-6)
    assert_close(of_variables[0], [1, 4], 1e-6)
    assert_close(of_variables[1], [0], 0)


def test_value_and_gradient_of_a_loss_that_counts_its_calls():
    weight = keras.Variable([2.0, -3.0])
    calls = keras.Variable(0.0, trainable=False)

    def loss():
        calls.assign_add(1.0)
        return ops.sum(weight * weight), "aux"

    (value, aux), (gradient,) = backend.value_and_grad(loss, [weight], [calls])
    assert (float(value), aux) == (13.0, "aux")
    assert_close(gradient, [4, -6], 1e-6)
    assert float(calls) == 1


def test_the_gradient_of_inputs_can_be_differentiated_again():
    weight = keras.Variable(2.0)
    inputs = ops.convert_to_tensor([1.0, 2.0])

    def penalty():
        # 3 w x^2, whose squares sum to 9 w^2 (1 + 16).
        slope = backend.input_gradient(lambda x: weight * x**3, inputs, [weight])
        return ops.sum(slope**2), None

    (value, _), (gradient,) = backend.value_and_grad(penalty, [weight])
    assert_close(value, 9 * 4 * 17, 1e-6)
    assert_close(gradient, 9 * 4 * 17, 1e-6)


def test_nothing_is_recorded_without_gradient():
    weight = keras.Variable(2.0)

    def loss():
        with backend.no_gradient():
            constant = ops.stop_gradient(weight * 3.0)
        return constant * weight, None

    (value, _), (gradient,) = backend.value_and_grad(loss, [weight])
    assert np.isclose(float(value), 12) and np.isclose(float(gradient), 6)
