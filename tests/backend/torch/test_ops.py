"""PyTorch's operations have the results of those of Keras."""

import keras
import numpy as np
import pytest

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's own operations", allow_module_level=True)

from keras_s3gan.backend.torch import ops
from tests.tolerance import assert_close

X = keras.ops.convert_to_tensor(
    np.random.default_rng(0).normal(size=(2, 3, 4)).astype("float32")
)


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("cast", ("float16",)),
        ("maximum", (0.1,)),
        ("flip", ((0, 2),)),
        ("pad", (((0, 0), (1, 2), (0, 3)),)),
        ("transpose", ((2, 0, 1),)),
        ("stop_gradient", ()),
        ("matmul", (keras.ops.transpose(X, (0, 2, 1)),)),
        ("relu", ()),
        ("reshape", ((6, 4),)),
        ("square", ()),
        ("sum", ()),
        ("mean", (1,)),
    ],
)
def test_results_are_those_of_keras(name, arguments):
    found = getattr(ops, name)(X, *arguments)
    expected = getattr(keras.ops, name)(X, *arguments)
    assert found.dtype == expected.dtype
    assert_close(found, keras.ops.convert_to_numpy(expected), 1e-6)


def test_norm_and_reciprocal_root():
    assert_close(ops.norm(X), np.linalg.norm(X.numpy()), 1e-6)
    assert_close(ops.rsqrt(X * X), 1 / np.abs(X.numpy()), 1e-5)


def test_a_tensor_of_the_type_stays_itself():
    assert ops.cast(X, "float32") is X
