"""JAX: updates of variables."""

import keras


def update_ema(averages, variables, decay):
    """See `keras_s3gan.backend.interface`."""
    for average, variable in zip(averages, variables, strict=True):
        weight = keras.ops.cast(decay, average.dtype)
        average.assign(variable + (average - variable) * weight)


def apply_gradients(optimizer, gradients, variables):
    """See `keras_s3gan.backend.interface`.

    It uses the optimizer's stateless form: the stateful form of loss scaling assigns
    variables inside `lax.cond`, which JAX does not allow.
    """
    states = optimizer.variables
    values = optimizer.stateless_apply(
        [state.value for state in states],
        gradients,
        [variable.value for variable in variables],
    )
    for group, new_values in zip((variables, states), values, strict=True):
        for variable, value in zip(group, new_values, strict=True):
            variable.assign(value)
