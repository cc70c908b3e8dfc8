"""Functions of values in place of variables."""

import keras


def _run(function, inputs, variables, values):
    """Calls `function` with `values` in place of `variables`; returns what it assigned.

    Only values that were replaced come back, so that what nobody touches costs nothing.
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
