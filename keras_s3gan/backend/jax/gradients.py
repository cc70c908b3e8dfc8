"""JAX: gradients, through stateless scopes."""

import contextlib

import jax
import keras

from keras_s3gan.backend.jax.stateless import run_stateless


def vjp(function, inputs=(), variables=(), state=()):
    """See `keras_s3gan.backend.interface`."""
    chosen = {id(variable) for variable in variables}
    state = [variable for variable in state if id(variable) not in chosen]
    state_values = [variable.value for variable in state]

    def pure(inputs, values):
        (outputs, aux), updates = run_stateless(
            function, inputs, [*variables, *state], [*values, *state_values]
        )
        return outputs, (aux, updates)

    values = [variable.value for variable in variables]
    outputs, pull, (aux, updates) = jax.vjp(pure, list(inputs), values, has_aux=True)
    every = [*variables, *state]
    for index, value in updates.items():
        every[index].assign(value)
    return outputs, aux, pull


def input_gradient(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    outputs, _, pull = vjp(
        lambda inputs: (keras.ops.sum(function(inputs)), ()), [inputs], state=state
    )
    ((gradient,), _) = pull(keras.ops.ones_like(outputs))
    return gradient


def no_gradient():
    """See `keras_s3gan.backend.interface`.

    JAX records operations only within a transformation.
    """
    return contextlib.nullcontext()
