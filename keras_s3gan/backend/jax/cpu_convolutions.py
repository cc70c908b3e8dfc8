"""JAX: convolutions whose gradients are fast on a CPU, also within loops.

XLA's CPU code is fast for one layout of convolutions: images `[N, H, W, C]`, kernels
`[H, W, in, out]`. It rewrites other layouts, such as those of JAX's gradients, to this
one, but not within a loop or a conditional, where they are 30 times slower. Therefore:

- The gradient of the images is computed as a convolution of that layout.
- The gradient of the kernel is slow even in that layout. It is computed as matrix
  products, each of a few images.
- A strided convolution takes as long as one without strides. It is computed as a sum
  of smaller convolutions without strides.
- Of the gradients of grouped convolutions the same is true. Their kernels' gradient is
  a product for each group.

Gradients of these gradients are of the same kinds. Forward-mode differentiation
(`jax.jvp`) is not supported.
"""

import functools
import itertools
import math
from typing import NamedTuple

import jax
from jax import lax
from jax import numpy as jnp

# Bytes of the patches of one matrix product: they should fit the processor's cache.
_MAX_PATCH_BYTES = 8 << 20


class _Geometry(NamedTuple):
    """How a kernel moves over images; a pair for each of height and width."""

    strides: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    image_dilation: tuple[int, ...]
    kernel_dilation: tuple[int, ...]


def convolution(images, kernel, strides, padding, dilation_rate):
    """As `keras.ops.conv` of images `[N, H, W, C]` and a kernel `[H, W, in, out]`.

    With `in` smaller than C there are `C / in` groups.
    """
    extents = [
        _dilated_size(size, rate)
        for size, rate in zip(kernel.shape[:2], dilation_rate, strict=True)
    ]
    padding = lax.padtype_to_pads(images.shape[1:3], extents, strides, padding.upper())
    if max(strides) > 1 and max(dilation_rate) == 1:
        is_stride_2 = [
            stride == 2 and extent % 2 == 0 and pads == (extent // 2 - 1,) * 2
            for stride, extent, pads in zip(strides, extents, padding, strict=True)
        ]
        even = not any(size % 2 for size in images.shape[1:3])
        if all(is_stride_2) and even and _groups(images, kernel) == 1:
            return _stride_2_convolution(images, kernel)
        return _strided(images, kernel, strides, padding)
    geometry = _Geometry(
        tuple(strides), tuple(map(tuple, padding)), (1, 1), tuple(dilation_rate)
    )
    return _convolve(images, kernel, geometry)


def _strided(images, kernel, strides, padding):
    """A sum of convolutions without strides, one per phase of the strides.

    Each is of every stride-th row and column of the images and every stride-th row and
    column of the kernel.
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
    of the kernel. One convolution computes all four of these.

    Args:
        images: `[N, H, W, C]`.
        kernel: `[h, w, out, C]`, h and w even.

    Returns:
        `[N, 2H, 2W, out]`.
    """
    return _transposed_convolution(images, kernel)


def _transposed_by_phases(images, kernel):
    count, height, width, channels = images.shape
    filters = kernel.shape[-2]
    taps = [size // 2 for size in kernel.shape[:2]]
    kernel = kernel[::-1, ::-1].reshape(taps[0], 2, taps[1], 2, filters, channels)
    # Of each pair of entries, the one for the first output of a pair is first.
    kernel = kernel[:, :: -1 if taps[0] % 2 else 1, :, :: -1 if taps[1] % 2 else 1]
    kernel = kernel.transpose(0, 2, 5, 1, 3, 4).reshape(*taps, channels, -1)
    # The pixels at which the windows of the first and the second output start.
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


# Each of these two is the gradient of the other with respect to the images.


@jax.custom_vjp
def _transposed_convolution(images, kernel):
    return _transposed_by_phases(images, kernel)


@jax.custom_vjp
def _stride_2_convolution(images, kernel):
    return _strided(images, kernel, (2, 2), _stride_2_geometry(kernel).padding)


def _stride_2_geometry(kernel):
    """Strides of 2 and an even kernel, with the same padding on both sides."""
    padding = tuple((size // 2 - 1,) * 2 for size in kernel.shape[:2])
    return _Geometry((2, 2), padding, (1, 1), (1, 1))


def _transposed_backward(saved, gradient):
    images, kernel = saved
    _, pull_to_kernel = jax.vjp(
        lambda kernel: _transposed_by_phases(images, kernel), kernel
    )
    return _stride_2_convolution(gradient, kernel), *pull_to_kernel(gradient)


def _stride_2_backward(saved, gradient):
    images, kernel = saved
    geometry = _stride_2_geometry(kernel)
    return (
        _transposed_convolution(gradient, kernel),
        _kernel_gradient(images, gradient, kernel.shape[:2], 1, geometry),
    )


_transposed_convolution.defvjp(
    lambda *saved: (_transposed_convolution(*saved), saved), _transposed_backward
)
_stride_2_convolution.defvjp(
    lambda *saved: (_stride_2_convolution(*saved), saved), _stride_2_backward
)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _convolve(images, kernel, geometry):
    return lax.conv_general_dilated(
        images,
        kernel,
        *geometry,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=_groups(images, kernel),
    )


def _convolve_forward(images, kernel, geometry):
    return _convolve(images, kernel, geometry), (images, kernel)


def _convolve_backward(geometry, saved, gradient):
    images, kernel = saved
    groups = _groups(images, kernel)
    return (
        _image_gradient(images.shape, kernel, gradient, geometry),
        _kernel_gradient(images, gradient, kernel.shape[:2], groups, geometry),
    )


_convolve.defvjp(_convolve_forward, _convolve_backward)


def _image_gradient(shape, kernel, gradient, geometry):
    """The gradient, dilated by the strides, convolved with the rotated kernel."""
    padding = []
    for axis, (low, _) in enumerate(geometry.padding):
        reach = _dilated_size(kernel.shape[axis], geometry.kernel_dilation[axis]) - 1
        size = _dilated_size(shape[1 + axis], geometry.image_dilation[axis])
        given = _dilated_size(gradient.shape[1 + axis], geometry.strides[axis])
        padding.append((reach - low, size - given + low))
    # In each group the inputs become outputs.
    height, width, inputs, _ = kernel.shape
    rotated = kernel[::-1, ::-1].reshape(height, width, inputs, shape[-1] // inputs, -1)
    rotated = rotated.transpose(0, 1, 4, 3, 2)
    return _convolve(
        gradient,
        rotated.reshape(height, width, -1, shape[-1]),
        _Geometry(
            geometry.image_dilation,
            tuple(padding),
            geometry.strides,
            geometry.kernel_dilation,
        ),
    )


@functools.partial(jax.custom_vjp, nondiff_argnums=(2, 3, 4))
def _kernel_gradient(images, gradient, size, groups, geometry):
    """The sum over pixels of the gradient, times the patch of the images there.

    Args:
        images: `[N, H, W, C]`.
        gradient: `[N, H', W', out]`.
        size: height and width of the kernel.
        groups: int.
        geometry: `_Geometry`.

    Returns:
        `[*size, C / groups, out]`.
    """
    if groups > 1:
        found = jax.vmap(
            lambda images, gradient: _patch_product(images, gradient, size, geometry),
            out_axes=3,
        )(_split(images, groups), _split(gradient, groups))
        return found.reshape(*found.shape[:3], -1)
    dense = geometry.strides == geometry.image_dilation == (1, 1)
    if dense and gradient.shape[-1] < images.shape[-1]:
        # The same sum with exchanged roles: patches of fewer channels.
        padding = tuple(
            (_dilated_size(count, rate) - 1 - low,) * 2
            for count, rate, (low, _) in zip(
                size, geometry.kernel_dilation, geometry.padding, strict=True
            )
        )
        found = _patch_product(
            gradient, images, size, geometry._replace(padding=padding)
        )
        return found[::-1, ::-1].transpose(0, 1, 3, 2)
    return _patch_product(images, gradient, size, geometry)


def _kernel_gradient_forward(images, gradient, *options):
    return _kernel_gradient(images, gradient, *options), (images, gradient)


def _kernel_gradient_backward(size, groups, geometry, saved, kernel):
    images, gradient = saved
    return (
        _image_gradient(images.shape, kernel, gradient, geometry),
        _convolve(images, kernel, geometry),
    )


_kernel_gradient.defvjp(_kernel_gradient_forward, _kernel_gradient_backward)


def _patch_product(images, pixels, size, geometry):
    """The sum over N, H' and W' of each patch of the images times its pixel.

    Args:
        images: `[N, H, W, C]`; copied once per entry of a kernel.
        pixels: `[N, H', W', D]`.

    Returns:
        `[*size, C, D]`.
    """
    count, height, width, channels = pixels.shape
    entries = math.prod(size) * images.shape[-1]
    dtype = jnp.promote_types(images.dtype, "float32")
    chunk = count
    if size != (1, 1):
        patch_bytes = height * width * entries * images.dtype.itemsize
        chunk = math.gcd(
            count, _power_of_two_up_to(max(1, _MAX_PATCH_BYTES // patch_bytes))
        )

    def in_chunks(tensor):
        # A chunk has images at equal distances, so that all devices share it.
        return tensor.reshape(chunk, -1, *tensor.shape[1:])

    images, pixels = in_chunks(images), in_chunks(pixels)

    def add(index, total):
        patches = _patches(images[:, index], (height, width), size, geometry)
        patches = patches.reshape(-1, entries)
        others = pixels[:, index].reshape(-1, channels)
        # Faster if the smaller matrix has the rows.
        if entries < channels:
            return total + lax.dot(patches.T, others, preferred_element_type=dtype)
        return total + lax.dot(others.T, patches, preferred_element_type=dtype).T

    total = jnp.zeros((entries, channels), dtype)
    if chunk == count:
        total = add(0, total)
    else:
        total = lax.fori_loop(0, count // chunk, add, total)
    return total.astype(pixels.dtype).reshape(*size, -1, channels)


def _patches(images, places, size, geometry):
    """The patch of the images at each position: `[N, *places, kernel entries x C]`."""
    padding, ends = [], []
    for axis, (low, _) in enumerate(geometry.padding):
        ends.append(_dilated_size(places[axis], geometry.strides[axis]))
        reach = _dilated_size(size[axis], geometry.kernel_dilation[axis]) - 1
        given = _dilated_size(images.shape[1 + axis], geometry.image_dilation[axis])
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


def _groups(images, kernel):
    return images.shape[-1] // kernel.shape[-2]


def _split(images, groups):
    """`[groups, N, H, W, C / groups]`."""
    images = images.reshape(*images.shape[:3], groups, -1)
    return images.transpose(3, 0, 1, 2, 4)


def _dilated_size(size, rate):
    return (size - 1) * rate + 1


def _power_of_two_up_to(limit):
    """The largest power of two up to `limit`."""
    return 1 << (limit.bit_length() - 1)
