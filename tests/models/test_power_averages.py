"""Averages of any width from some that were kept, against their closed form."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.models.power_averages import check_width, decay, exponent, mixture
from tests.once import once
from tests.tolerance import assert_close

WIDTHS = [0.05, 0.1]


def shares(step, width):
    """What the weights of steps 1 … `step` have in the average, in closed form."""
    ends = (np.arange(step + 1) / step) ** (exponent(width) + 1)
    return np.diff(ends)


@once("NumPy alone")
@pytest.mark.parametrize("width", [0.01, 0.05, 0.1, 0.28])
def test_the_exponent_has_the_width(width):
    times = (np.arange(100_000) + 0.5) / 100_000
    density = times ** exponent(width) / (times ** exponent(width)).sum()
    mean = (density * times).sum()
    deviation = np.sqrt((density * (times - mean) ** 2).sum())
    assert_close(deviation, width, 1e-4)


def test_decays_give_the_shares():
    decays = [float(ops.convert_to_numpy(decay(0.1, step))) for step in range(50)]
    found = [(1 - decays[k]) * np.prod(decays[k + 1 :]) for k in range(50)]
    # Rounding of the decays, fifty of them in a product.
    assert_close(np.array(found), shares(50, 0.1), 1e-5)


@once("NumPy alone")
@pytest.mark.parametrize("width", [0.04, 0.06, 0.08, 0.12, 0.2])
def test_a_mixture_is_the_average_of_that_width(width):
    """Of a sum of waves, from 16 snapshots, at their last step."""
    total, every = 1600, 100
    steps = np.arange(1, total + 1)
    weights = np.sin(steps / 60.0) + np.cos(steps / 200.0) + steps / total
    kept = [(s, w) for s in range(every, total + 1, every) for w in WIDTHS]
    averages = [shares(s, w) @ weights[:s] for s, w in kept]
    found = mixture(*zip(*kept, strict=True), total, width) @ averages
    expected = shares(total, width) @ weights
    assert abs(expected - averages[-1]) > 1e-2 and abs(expected - averages[-2]) > 1e-2
    # The nearest density is another one, most of all for widths beyond those kept.
    assert_close(found, expected, 1e-3 if width < 0.2 else 3e-3)


@once("NumPy alone")
def test_a_kept_average_is_itself():
    kept = [(s, w) for s in (100, 200, 300) for w in WIDTHS]
    found = mixture(*zip(*kept, strict=True), 200, 0.1)
    assert_close(found, np.array([0, 0, 0, 1, 0, 0]), 1e-6)


@once("no framework takes part")
@pytest.mark.parametrize("width", [0, -0.1, 0.29, "0.1", None])
def test_widths_out_of_range(width):
    with pytest.raises(ValueError, match=f"Received: width={width!r}"):
        check_width("width", width)
