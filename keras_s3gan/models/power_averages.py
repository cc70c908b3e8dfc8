"""Averages whose width is a share of the training so far, and mixtures of them.

The average of exponent γ at step t has the weights of step τ with the density
`(γ + 1) τ^γ / t^(γ + 1)`. Its width is the density's standard deviation over t. A
density of another width is nearly a mixture of some that were kept at several steps, so
that its average is a mixture of theirs.

Reference:
    - Karras et al., 2024, https://arxiv.org/abs/2312.02696
"""

import numbers

import numpy as np
from keras import ops

# Where the exponent is above 0: earlier weights never count more than later ones.
MAX_WIDTH = 0.28


def check_width(name, width):
    """Checks the width of an average.

    Args:
        name: str. What the error calls it.
        width: what was given.

    Raises:
        ValueError: if it is not in (0, 0.28].
    """
    if not isinstance(width, numbers.Real) or not 0 < width <= MAX_WIDTH:
        raise ValueError(
            f"`{name}` must be in (0, {MAX_WIDTH}], the standard deviation of an "
            f"average over the steps so far. Received: {name}={width!r}"
        )


def exponent(width):
    """The exponent γ of an average of some width: `(γ+1) / ((γ+2)² (γ+3)) = width²`."""
    inverse = float(width) ** -2
    return np.roots([1, 7, 16 - inverse, 12 - inverse]).real.max()


def decay(width, steps):
    """The average's decay in the step after `steps` ones: `(1 - 1/t)^(γ + 1)`.

    Args:
        width: float.
        steps: int scalar tensor.

    Returns:
        A float32 scalar.
    """
    # Through logarithms, as 1 - 1/t keeps few digits of 1/t.
    step = ops.cast(steps, "float32") + 1.0
    return ops.exp((exponent(width) + 1) * ops.log1p(-1.0 / step))


def mixture(steps, widths, step, width):
    """The mixture of kept averages that is nearest to an average.

    Nearest are the densities, in least squares; the weights of the mixture add up to 1.

    Args:
        steps, widths: `[n]`. What was kept.
        step, width: of the average that is wanted.

    Returns:
        float64 `[n]`: the weight of each.
    """
    exponents = np.array([exponent(width) for width in widths])
    kept = np.array(steps, float), exponents
    wanted = np.array([step], float), np.array([exponent(width)])
    # Neighbours are nearly alike: `lstsq` leaves out what rounding decides.
    weights, *_ = np.linalg.lstsq(
        _products(kept, kept), _products(kept, wanted)[:, 0], rcond=None
    )
    return weights / weights.sum()


def _products(one, other):
    """Inner products of densities, `[n, m]`."""
    (t, a), (u, b) = [part[:, None] for part in one], other
    first = np.minimum(t, u)
    # ∫ (τ/t)^a (τ/u)^b dτ up to the earlier of both steps.
    integral = first / (a + b + 1) * (first / t) ** a * (first / u) ** b
    return (a + 1) * (b + 1) / (t * u) * integral
