"""A layer within the call of another one."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).normal(size=(4, 3)).astype("float32")


class Parent(keras.layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.child = keras.layers.BatchNormalization(dtype=self.dtype_policy)

    def build(self, input_shape):
        self.child.build(input_shape)

    def call(self, inputs, training=False):
        return backend.call(self, self.child, inputs, training=training)


@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("dtype", ["float32", "mixed_bfloat16"])
def test_it_is_the_call_of_the_layer(dtype, training):
    parent = Parent(dtype=dtype)
    found = parent(IMAGES, training=training)
    other = Parent(dtype=dtype)
    other.build(IMAGES.shape)
    expected = other.child(IMAGES, training=training)
    assert keras.backend.standardize_dtype(found.dtype) == parent.compute_dtype
    assert_close(
        *(ops.convert_to_numpy(ops.cast(x, "float32")) for x in (found, expected)), 1e-6
    )
    assert_close(parent.child.moving_mean, other.child.moving_mean.numpy(), 1e-6)


def test_it_can_be_traced_symbolically():
    outputs = Parent()(keras.Input((3,)))
    assert outputs.shape == (None, 3)
