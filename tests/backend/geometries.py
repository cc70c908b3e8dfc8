"""Sizes, kernels, strides, paddings and dilations that convolutions are tested with."""

import itertools

GEOMETRIES = [
    (size, kernel, stride, padding, dilation)
    for size, kernel, stride, padding, dilation in itertools.product(
        (7, 8), (1, 3, 4), (1, 2, 3), ("same", "valid"), (1, 2)
    )
    if stride == 1 or dilation == 1
]
