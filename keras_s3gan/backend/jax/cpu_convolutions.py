"""Convolutions whose gradients are fast on a CPU, inside of loops, too.

XLA has one form of convolution that its CPU code is fast for: images as rows, the
kernel as `[H, W, in, out]`. It brings others into that form, such as the gradients that
JAX derives, but not inside of a loop or a conditional, where they are 30 times as slow.
So the gradient for the images is written here as a convolution of that form. The one
for the kernel is not fast even so: here it is a product of matrices, of a few images at
a time. Strides do not make it faster, so here a convolution with strides is several
without. Gradients of these gradients are of the same kinds; only `jax.jvp`, forwards,
finds nothing here.
"""

import functools
import itertools
import math
from typing import NamedTuple

import jax
from jax import lax
from jax import numpy as jnp

# Of what is copied for a product of matrices; it should stay in a processor's cache.
_COPIED_BYTES = 8 << 20


class _Geometry(NamedTuple):
    """How a kernel moves over images; a pair for each of height and width."""

    strides: tuple
    padding: tuple
    image_dilation: tuple
    kernel_dilation: tuple


def convolution(images, kernel, strides, padding, dilation_rate):
    """As `keras.ops.conv` of images `[N, H, W, C]` and a kernel `[H, W, C, out]`."""
    extents = [
        _dilated(size, rate)
        for size, rate in zip(kernel.shape[:2], dilation_rate, strict=True)
    ]
    padding = lax.padtype_to_pads(images.shape[1:3], extents, strides, padding.upper())
    if max(strides) > 1 and max(dilation_rate) == 1:
        halved = [
            stride == 2 and extent % 2 == 0 and pads == (extent // 2 - 1,) * 2
            for stride, extent, pads in zip(strides, extents, padding, strict=True)
        ]
        if all(halved) and not any(size % 2 for size in images.shape[1:3]):
            return _halving_convolution(images, kernel)
        return _strided(images, kernel, strides, padding)
    geometry = _Geometry(
        tuple(strides), tuple(map(tuple, padding)), (1, 1), tuple(dilation_rate)
    )
    return _convolve(images, kernel, geometry)


def _strided(images, kernel, strides, padding):
    """Every stride-th row and column is an image of its own, met by its own entries.

    XLA is as slow at a stride as without one.
    """
    total = 0.0
    for phases in itertools.product(*map(range, strides)):
        pixels, entries, pads = [], [], []
        for axis, phase in enumerate(phases):
            stride, (low, high) = strides[axis], padding[axis]
            size, extent = images.shape[1 + axis], kernel.shape[axis]
            count = (size + low + high - extent) // stride + 1
            first = (phase + low) % stride
            before = (phase + low - first) // stride
            last = count - 1 - before + len(range(first, extent, stride))
            pixels.append(slice(phase, None, stride))
            entries.append(slice(first, None, stride))
            pads.append((before, last - len(range(phase, size, stride))))
        part = kernel[tuple(entries)]
        if part.size:
            geometry = _Geometry((1, 1), tuple(pads), (1, 1), (1, 1))
            total += _convolve(images[:, pixels[0], pixels[1]], part, geometry)
    return total


def transposed_convolution(images, kernel):
    """As `keras.ops.conv_transpose` with strides of 2 and `padding="same"`.

    Every second row and column of the outputs is a convolution with every second entry
    of the kernel. One convolution makes all four.

    Args:
        images: `[N, H, W, C]`.
        kernel: `[h, w, out, C]`, h and w even.

    Returns:
        `[N, 2H, 2W, out]`.
    """
    return _doubling_convolution(images, kernel)


def _doubled(images, kernel):
    count, height, width, channels = images.shape
    filters = kernel.shape[-2]
    taps = [size // 2 for size in kernel.shape[:2]]
    kernel = kernel[::-1, ::-1].reshape(taps[0], 2, taps[1], 2, filters, channels)
    # Which of a pair of entries belongs to the first of a pair of outputs.
    kernel = kernel[:, :: -1 if taps[0] % 2 else 1, :, :: -1 if taps[1] % 2 else 1]
    kernel = kernel.transpose(0, 2, 5, 1, 3, 4).reshape(*taps, channels, -1)
    # Where the images lie that the first and the second of a pair begin with.
    starts = [((tap - 1) // 2 - tap + 1, tap // 2 - tap + 1) for tap in taps]
    padding = [
        (-first, second + tap - 1)
        for (first, second), tap in zip(starts, taps, strict=True)
    ]
    geometry = _Geometry((1, 1), tuple(padding), (1, 1), (1, 1))
    outputs = _convolve(images, kernel, geometry)
    outputs = outputs.reshape(*outputs.shape[:3], 2, 2, filters)
    (top, bottom), (left, right) = [
        (slice(0, size), slice(second - first, second - first + size))
        for (first, second), size in zip(starts, (height, width), strict=True)
    ]
    rows = [
        jnp.stack(
            [outputs[:, rows, left, index, 0], outputs[:, rows, right, index, 1]], 3
        ).reshape(count, height, 2 * width, filters)
        for index, rows in enumerate((top, bottom))
    ]
    return jnp.stack(rows, 2).reshape(count, 2 * height, 2 * width, filters)


# Doubling and halving convolutions are each other's gradient for the images.


@jax.custom_vjp
def _doubling_convolution(images, kernel):
    return _doubled(images, kernel)


@jax.custom_vjp
def _halving_convolution(images, kernel):
    return _strided(images, kernel, (2, 2), _halving(kernel).padding)


def _halving(kernel):
    """Of an even kernel: as many pixels are padded before as behind."""
    padding = tuple((size // 2 - 1,) * 2 for size in kernel.shape[:2])
    return _Geometry((2, 2), padding, (1, 1), (1, 1))


def _doubling_backward(saved, gradient):
    images, kernel = saved
    _, pull_to_kernel = jax.vjp(lambda kernel: _doubled(images, kernel), kernel)
    return _halving_convolution(gradient, kernel), *pull_to_kernel(gradient)


def _halving_backward(saved, gradient):
    images, kernel = saved
    geometry = _halving(kernel)
    return (
        _doubling_convolution(gradient, kernel),
        _kernel_gradient(images, gradient, kernel.shape[:2], geometry),
    )


_doubling_convolution.defvjp(
    lambda *saved: (_doubling_convolution(*saved), saved), _doubling_backward
)
_halving_convolution.defvjp(
    lambda *saved: (_halving_convolution(*saved), saved), _halving_backward
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _convolve(images, kernel, geometry):
    return lax.conv_general_dilated(
        images,
        kernel,
        *geometry,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )


def _convolve_forward(images, kernel, geometry):
    return _convolve(images, kernel, geometry), (images, kernel)


def _convolve_backward(geometry, saved, gradient):
    images, kernel = saved
    return (
        _image_gradient(images.shape, kernel, gradient, geometry),
        _kernel_gradient(images, gradient, kernel.shape[:2], geometry),
    )


_convolve.defvjp(_convolve_forward, _convolve_backward)


def _image_gradient(shape, kernel, gradient, geometry):
    """The turned kernel over the gradient, whose rows lie a stride apart."""
    padding = []
    for axis, (low, _) in enumerate(geometry.padding):
        reach = _dilated(kernel.shape[axis], geometry.kernel_dilation[axis]) - 1
        size = _dilated(shape[1 + axis], geometry.image_dilation[axis])
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


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3))
def _kernel_gradient(images, gradient, size, geometry):
    """Products of each pixel of the gradient with the images around it, in sum.

    Args:
        images: `[N, H, W, C]`.
        gradient: `[N, H', W', out]`.
        size: height and width of the kernel.
        geometry: `_Geometry`.

    Returns:
        `[*size, C, out]`.
    """
    dense = geometry.strides == geometry.image_dilation == (1, 1)
    if dense and gradient.shape[-1] < images.shape[-1]:
        # The other way around the same sum: fewer channels to copy.
        padding = tuple(
            (_dilated(count, rate) - 1 - low,) * 2
            for count, rate, (low, _) in zip(
                size, geometry.kernel_dilation, geometry.padding, strict=True
            )
        )
        found = _sum_of_products(
            gradient, images, size, geometry._replace(padding=padding)
        )
        return found[::-1, ::-1].transpose(0, 1, 3, 2)
    return _sum_of_products(images, gradient, size, geometry)


def _kernel_gradient_forward(images, gradient, size, geometry):
    return _kernel_gradient(images, gradient, size, geometry), (images, gradient)


def _kernel_gradient_backward(size, geometry, saved, kernel):
    images, gradient = saved
    return (
        _image_gradient(images.shape, kernel, gradient, geometry),
        _convolve(images, kernel, geometry),
    )


_kernel_gradient.defvjp(_kernel_gradient_forward, _kernel_gradient_backward)


def _sum_of_products(images, pixels, size, geometry):
    """Over N, H' and W', of `pixels[n, y, x]` with what a kernel there lies on.

    Args:
        images: `[N, H, W, C]`; their channels are copied for each entry of a kernel.
        pixels: `[N, H', W', D]`.

    Returns:
        `[*size, C, D]`.
    """
    count, height, width, channels = pixels.shape
    entries = math.prod(size) * images.shape[-1]
    dtype = jnp.promote_types(images.dtype, "float32")
    together = count
    if size != (1, 1):
        copied = height * width * entries * images.dtype.itemsize
        together = math.gcd(count, _power_of_two(max(1, _COPIED_BYTES // copied)))

    def divided(tensor):
        # Images of one product lie apart, so that devices share each of them.
        return tensor.reshape(together, -1, *tensor.shape[1:])

    images, pixels = divided(images), divided(pixels)

    def add(index, total):
        around = _around(images[:, index], (height, width), size, geometry)
        around = around.reshape(-1, entries)
        others = pixels[:, index].reshape(-1, channels)
        # The smaller one as rows is the faster product.
        if entries < channels:
            return total + lax.dot(around.T, others, preferred_element_type=dtype)
        return total + lax.dot(others.T, around, preferred_element_type=dtype).T

    total = jnp.zeros((entries, channels), dtype)
    if together == count:
        total = add(0, total)
    else:
        total = lax.fori_loop(0, count // together, add, total)
    return total.astype(pixels.dtype).reshape(*size, -1, channels)


def _around(images, places, size, geometry):
    """What a kernel lies on at each place, `[N, *places, kernel entries x C]`."""
    padding, ends = [], []
    for axis, (low, _) in enumerate(geometry.padding):
        ends.append(_dilated(places[axis], geometry.strides[axis]))
        reach = _dilated(size[axis], geometry.kernel_dilation[axis]) - 1
        given = _dilated(images.shape[1 + axis], geometry.image_dilation[axis])
        between = geometry.image_dilation[axis] - 1
        padding.append((low, ends[axis] + reach - given - low, between))
    zero = jnp.zeros((), images.dtype)
    images = lax.pad(images, zero, [(0, 0, 0), *padding, (0, 0, 0)])
    shifted = []
    for entry in itertools.product(*map(range, size)):
        rows, columns = (
            slice(index * rate, index * rate + end, stride)
            for index, rate, end, stride in zip(
                entry, geometry.kernel_dilation, ends, geometry.strides, strict=True
            )
        )
        shifted.append(images[:, rows, columns])
    return jnp.concatenate(shifted, axis=-1)


def _dilated(size, rate):
    return (size - 1) * rate + 1


def _power_of_two(limit):
    """The largest one up to `limit`."""
    return 1 << (limit.bit_length() - 1)
