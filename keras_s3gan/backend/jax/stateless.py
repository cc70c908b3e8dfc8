"""JAX: functions that read and assign variables, without side effects."""

import keras


def run_stateless(function, inputs, variables, values):
    """Calls a function with values in place of variables.

    Args:
        function: callable over `inputs` that may read and assign `variables`.
        inputs: sequence of its arguments.
        variables: list of Keras variables.
        values: list of arrays, one per variable.

    Returns:
        `(outputs, updates)`. `updates` is a dictionary from the index of each assigned
        variable to its new value.
    """
    with keras.StatelessScope(
        state_mapping=list(zip(variables, values, strict=True))
    ) as scope:
        before = [scope.get_current_value(variable) for variable in variables]
        outputs = function(*inputs)
    after = [scope.get_current_value(variable) for variable in variables]
    updates = {
        index: new
        for index, (old, new) in enumerate(zip(before, after, strict=True))
        if new is not old
    }
    return outputs, updates
