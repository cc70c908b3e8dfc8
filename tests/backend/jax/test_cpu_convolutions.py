"""JAX's convolutions on a CPU, beside those of Keras."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.backend.geometries import GEOMETRIES
from tests.tolerance import assert_close

if keras.backend.backend() != "jax":
    pytest.skip("JAX's own way", allow_module_level=True)

import jax


# Every geometry once. With the channels first it transposes, whatever their number.
@pytest.mark.parametrize(
    ("data_format", "channels", "geometries"),
    [
        ("channels_last", 4, GEOMETRIES),
        ("channels_last", 2, GEOMETRIES[::4]),
        ("channels_first", 4, GEOMETRIES[1::4]),
    ],
    ids=["channels_last-4", "channels_last-2", "channels_first-4"],
)
def test_convolution_on_jax(data_format, channels, geometries, monkeypatch):
    """Values, gradients and gradients of gradients of each geometry, in one program."""
    # One image a product.
    monkeypatch.setattr("keras_s3gan.backend.jax.cpu_convolutions._MAX_PATCH_BYTES", 1)
    random = np.random.default_rng(0)
    cases = []
    for size, kernel, *_ in geometries:
        shape = (2, size, size + 1, 3)
        if data_format == "channels_first":
            shape = (2, 3, size, size + 1)
        images = random.normal(size=shape).astype("float32")
        kernels = random.normal(size=(kernel, kernel, 3, channels)).astype("float32")
        cases.append((images, kernels))

    def all_of(convolution):
        def one(case, geometry):
            _, _, stride, padding, dilation = geometry

            def outputs(images, kernel):
                return convolution(
                    *(images, kernel, (stride, stride), padding),
                    dilation_rate=(dilation, dilation),
                    data_format=data_format,
                )

            def value(images, kernel):
                return ops.sin(outputs(images, kernel)).sum()

            def steepness(images, kernel):
                first, second = jax.grad(value, (0, 1))(images, kernel)
                return (first**2).sum() + (second**3).sum()

            return outputs(*case), jax.grad(steepness, (0, 1))(*case)

        return jax.jit(lambda cases: list(map(one, cases, geometries)))(cases)

    def ours(images, kernel, *arguments, **kwargs):
        return backend.convolution(images, kernel, None, *arguments, **kwargs)

    found = all_of(ours)
    expected = all_of(keras.ops.conv)
    for one, other, geometry in zip(found, expected, geometries, strict=True):
        for array, reference in zip(
            jax.tree.leaves(one), jax.tree.leaves(other), strict=True
        ):
            assert_close(array, reference, 2e-5, str(geometry))
