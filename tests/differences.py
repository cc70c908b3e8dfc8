"""Derivatives of float64 functions, from their values."""

import numpy as np


def differences(function, arrays, step=1e-5):
    """Derivatives of a function with respect to arrays that it reads.

    Args:
        function: callable without arguments that returns a number.
        arrays: list of float64 arrays, which are changed and put back.
        step: float. Half the distance of the two points of each derivative.

    Returns:
        List of arrays of the same shapes.
    """
    gradients = [np.zeros_like(array) for array in arrays]
    for array, gradient in zip(arrays, gradients, strict=True):
        for index in np.ndindex(array.shape):
            value, ends = array[index], []
            for moved in (value + step, value - step):
                array[index] = moved
                ends.append(function())
            array[index] = value
            gradient[index] = (ends[0] - ends[1]) / (2 * step)
    return gradients
