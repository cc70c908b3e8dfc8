"""JAX: updates of variables."""

import keras


def move_averages(averages, variables, decay):
    """Moves averages towards variables, `decay · average + (1 - decay) · variable`.

    Args:
        averages, variables: lists of Keras variables.
        decay: float scalar.
    """
    for average, variable in zip(averages, variables, strict=True):
        weight = keras.ops.cast(decay, average.dtype)
        average.assign(variable + (average - variable) * weight)


def apply_gradients(optimizer, gradients, variables):
    """Lets a built optimizer move `variables` by gradients, averaged over replicas.

    Here by its stateless form: the stateful form of loss scaling assigns inside a
    `lax.cond`, which nothing may.

    Args:
        optimizer: Keras optimizer that was built for `variables`.
        gradients: list of tensors, one for each variable.
        variables: list of Keras variables.
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
