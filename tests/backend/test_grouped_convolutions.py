"""Grouped convolutions are those of a block-diagonal kernel, as are all gradients."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.tolerance import assert_close

GROUPS = 2
RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.normal(size=(2, 8, 6, 4)).astype("float32")
# Width of the kernel, stride, padding, dilation.
GEOMETRIES = [(3, 1, "same", 1)]
if keras.backend.backend() == "jax":
    # Its gradients are our own for these, too.
    GEOMETRIES += [(3, 2, "same", 1), (4, 2, "same", 1), (3, 1, "valid", 2)]


def in_format(images, data_format):
    return np.moveaxis(images, -1, 1) if data_format == "channels_first" else images


def blocks_of(width):
    """Where a kernel `[width, width, 4, 6]` of two groups has entries."""
    blocks = np.zeros((width, width, 4, 6), bool)
    blocks[:, :, :2, :3] = blocks[:, :, 2:, 3:] = True
    return blocks


def dense(kernel):
    blocks = blocks_of(len(kernel))
    return np.where(blocks, np.tile(kernel, (1, 1, GROUPS, 1)), 0).astype("float32")


def with_second_gradients(kernel, kept, geometry, data_format):
    """Outputs, gradients, and the gradients of what penalizes those of kept entries."""
    _, stride, padding, dilation = geometry

    def outputs(images, kernel):
        found = backend.convolution(
            *(images, kernel, None, (stride, stride), padding),
            *((dilation, dilation), data_format),
        )
        return ops.sin(found)

    def penalty(images, kernel):
        to_images = backend.input_gradient(lambda x: outputs(x, kernel), images)
        to_kernel = backend.input_gradient(lambda x: outputs(images, x), kernel)
        return ops.sum(to_images**2) + ops.sum(kept * to_kernel**3), ()

    def everything(*inputs):
        found = [outputs(*inputs)]
        for function in (lambda *inputs: (ops.sum(outputs(*inputs)), ()), penalty):
            value, _, pull = backend.vjp(function, inputs)
            found += pull(ops.ones_like(value))[0]
        return found

    kept = ops.convert_to_tensor(kept)
    inputs = map(ops.convert_to_tensor, (in_format(IMAGES, data_format), kernel))
    found = backend.compiled(everything, [])(*inputs)
    return [ops.convert_to_numpy(array) for array in found]


@pytest.mark.parametrize(
    ("geometry", "data_format"),
    [
        *((geometry, "channels_last") for geometry in GEOMETRIES),
        (GEOMETRIES[0], "channels_first"),
    ],
    ids=str,
)
def test_groups_are_blocks_of_a_kernel(geometry, data_format):
    width = geometry[0]
    kernel = RANDOM.normal(size=(width, width, 2, 6)).astype("float32")
    arguments = geometry, data_format
    found = with_second_gradients(kernel, np.ones_like(kernel), *arguments)
    blocks = blocks_of(width)
    expected = with_second_gradients(
        dense(kernel), blocks.astype("float32"), *arguments
    )
    for ours, theirs in zip(found, expected, strict=True):
        if ours.shape == kernel.shape:
            ours, theirs = dense(ours), np.where(blocks, theirs, 0)
        assert_close(ours, theirs, 1e-5)
