"""Moments and scaled sums."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close

INPUTS = np.random.default_rng(0).normal(2, 3, (2, 4, 5, 3)).astype("float32")


@pytest.mark.parametrize("axes", [(0, 1, 2), (0,), (1, 3)])
def test_means_of_inputs_and_squares(axes):
    mean, mean_of_squares = backend.moments(ops.convert_to_tensor(INPUTS), axes)
    assert_close(mean, INPUTS.mean(axes), 1e-5)
    assert_close(mean_of_squares, (INPUTS**2).mean(axes), 1e-5)


def test_coarse_values_have_16_bits():
    inputs = np.concatenate([INPUTS.ravel(), [0.0, 1e4, -1e-30]]).astype("float32")
    found = ops.convert_to_numpy(backend.coarse(ops.convert_to_tensor(inputs)))
    assert_close(found, inputs, 2.0**-15, elementwise=True)
    assert not np.any(found.view("int32") & 0xFF)


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
def test_inputs_are_scaled_and_shifted(dtype):
    scale, shift = INPUTS[:1, :1, :1], INPUTS[1:, :1, :1]
    found = backend.multiply_add(*(ops.cast(x, dtype) for x in (INPUTS, scale, shift)))
    assert found.shape == INPUTS.shape
    allowed = 1e-6 if dtype == "float32" else 2e-2
    assert_close(ops.cast(found, "float32"), INPUTS * scale + shift, allowed)
