"""Convolutions whose gradients are fast inside of loops on a CPU, too.

XLA has one form of convolution that its CPU code is fast for: images as rows, the
kernel as `[H, W, in, out]`. It brings others into that form, such as the gradients that
JAX derives, but not inside of a loop or a conditional, where they are 30 times as slow.
So the gradients are written here as convolutions of that form. Those of the gradients
are again.
"""

import functools
from typing import NamedTuple

import jax
from jax import lax


class _Geometry(NamedTuple):
    """How a kernel moves over images; a pair for each of height and width."""

    strides: tuple
    padding: tuple
    image_dilation: tuple
    kernel_dilation: tuple


def convolution(images, kernel, strides, padding, dilation_rate):
    """As `keras.ops.conv` of images `[N, H, W, C]` and a kernel `[H, W, C, out]`."""
    extents = [
        (size - 1) * rate + 1
        for size, rate in zip(kernel.shape[:2], dilation_rate, strict=True)
    ]
    padding = lax.padtype_to_pads(images.shape[1:3], extents, strides, padding.upper())
    geometry = _Geometry(
        tuple(strides), tuple(map(tuple, padding)), (1, 1), tuple(dilation_rate)
    )
    return _convolve(images, kernel, geometry)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _convolve(images, kernel, geometry):
    return lax.conv_general_dilated(
        images,
        kernel,
        *geometry,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def _forward(images, kernel, geometry):
    return _convolve(images, kernel, geometry), (images, kernel)


def _backward(geometry, saved, gradient):
    images, kernel = saved
    return (
        _image_gradient(images, kernel, gradient, geometry),
        _kernel_gradient(images, kernel, gradient, geometry),
    )


_convolve.defvjp(_forward, _backward)


def _image_gradient(images, kernel, gradient, geometry):
    """The turned kernel over the gradient, whose rows lie a stride apart."""
    padding = []
    for axis, (low, _) in enumerate(geometry.padding):
        reach = (kernel.shape[axis] - 1) * geometry.kernel_dilation[axis]
        size = _dilated(images.shape[1 + axis], geometry.image_dilation[axis])
        given = _dilated(gradient.shape[1 + axis], geometry.strides[axis])
        padding.append((reach - low, size - given + low))
    turned = kernel[::-1, ::-1].transpose(0, 1, 3, 2)
    return _convolve(
        gradient,
        turned,
        _Geometry(
            geometry.image_dilation,
            tuple(padding),
            geometry.strides,
            geometry.kernel_dilation,
        ),
    )


def _kernel_gradient(images, kernel, gradient, geometry):
    """The gradient over the images, channels as the batch and the batch as channels."""
    padding = []
    for axis, (low, _) in enumerate(geometry.padding):
        reach = (kernel.shape[axis] - 1) * geometry.kernel_dilation[axis]
        size = _dilated(images.shape[1 + axis], geometry.image_dilation[axis])
        given = _dilated(gradient.shape[1 + axis], geometry.strides[axis])
        padding.append((low, reach + given - size - low))
    found = _convolve(
        images.transpose(3, 1, 2, 0),
        gradient.transpose(1, 2, 0, 3),
        _Geometry(
            geometry.kernel_dilation,
            tuple(padding),
            geometry.image_dilation,
            geometry.strides,
        ),
    )
    return found.transpose(1, 2, 0, 3)


def _dilated(size, rate):
    return (size - 1) * rate + 1
