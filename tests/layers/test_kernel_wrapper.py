"""A layer whose kernel is replaced for a call, and for a call alone."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers.kernel_wrapper import KernelWrapper
from tests.tolerance import assert_close

X = np.random.default_rng(0).normal(size=(4, 6, 6, 3)).astype("float32")


class Doubled(KernelWrapper):
    def normalized_kernel(self, training=False):
        return 2.0 * ops.cast(self.kernel, "float32")


@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        (keras.layers.Dense(5), X),
        (keras.layers.Conv2D(5, 3, data_format="channels_last"), X),
        (keras.layers.Conv2DTranspose(5, 4, 2, data_format="channels_last"), X),
        (keras.layers.Embedding(7, 5), np.array([[0, 3], [6, 1]])),
    ],
    ids=["dense", "convolution", "transposed", "embedding"],
)
def test_the_layer_computes_with_the_other_kernel(layer, inputs):
    wrapped = Doubled(layer)
    doubled = ops.convert_to_numpy(wrapped(inputs))
    kernel = ops.convert_to_numpy(wrapped.kernel)
    # Without a bias, which is zero here, layers are linear in their kernels.
    assert_close(doubled, 2 * ops.convert_to_numpy(layer(inputs)), 1e-5)
    np.testing.assert_array_equal(ops.convert_to_numpy(wrapped.kernel), kernel)
    assert wrapped.name == layer.name
    assert tuple(wrapped.compute_output_shape(inputs.shape)) == doubled.shape


def test_an_error_within_leaves_the_kernel_in_place():
    layer = keras.layers.Dense(5)
    wrapped = Doubled(layer)
    wrapped.build(X.shape)
    kernel = wrapped.kernel
    with pytest.raises(ZeroDivisionError), wrapped._replaced(None):
        raise ZeroDivisionError
    assert wrapped.kernel is kernel


def test_a_layer_without_kernel_is_refused():
    with pytest.raises(ValueError, match="needs a layer with a kernel"):
        Doubled(keras.layers.Flatten()).build((None, 4))


def test_a_subclass_says_what_the_kernel_becomes():
    with pytest.raises(TypeError, match="must define `normalized_kernel`"):
        KernelWrapper(keras.layers.Dense(2))(X)
