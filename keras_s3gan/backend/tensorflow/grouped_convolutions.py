"""TensorFlow: grouped convolutions as products of matrices, with their gradients.

TensorFlow has no gradients of grouped convolutions on a CPU. Those of XLA, which Keras
takes, are slow there. Here a convolution is one product for each entry of the kernel,
of all groups at once, and so are its gradients; what they need again is not kept but
computed anew.
"""

import itertools

import tensorflow as tf


def is_supported(kernel, strides, padding, dilation_rate):
    """Whether `convolution` can do it: of an odd size that keeps the images' size."""
    odd = all(size % 2 for size in kernel.shape[:2])
    return odd and padding == "same" and {*strides, *dilation_rate} == {1}


@tf.custom_gradient
def convolution(images, kernel):
    """`[N, H, W, out]` of images `[N, H, W, C]` and a kernel `[h, w, C / groups, out]`.

    It keeps height and width, so h and w must be odd.
    """
    groups = images.shape[-1] // kernel.shape[-2]

    def backward(gradient):
        return (
            convolution(gradient, _adjoint(kernel, groups)),
            _kernel_gradient(images, gradient, kernel.shape[:2], groups),
        )

    height, width, inputs, _ = kernel.shape
    kernels = tf.reshape(kernel, (height, width, inputs, groups, -1))
    kernels = tf.transpose(kernels, (0, 1, 3, 2, 4))
    products = [
        tf.matmul(pixels, kernels[place])
        for place, pixels in _shifted(images, (height, width), groups)
    ]
    return _joined(tf.add_n(products), images.shape), backward


def _kernel_gradient(images, gradient, size, groups):
    """`[*size, C / groups, out]`: of each entry the pixels that it multiplied."""

    @tf.custom_gradient
    def function(images, gradient):
        def backward(kernel):
            return (
                convolution(gradient, _adjoint(kernel, groups)),
                convolution(images, kernel),
            )

        others = _split(gradient, groups)
        products = [
            tf.matmul(pixels, others, transpose_a=True)
            for _, pixels in _shifted(images, size, groups)
        ]
        # Entries, groups, inputs, outputs.
        kernel = tf.transpose(tf.stack(products), (0, 2, 1, 3))
        inputs = images.shape[-1] // groups
        return tf.reshape(kernel, (*size, inputs, gradient.shape[-1])), backward

    return function(images, gradient)


def _adjoint(kernel, groups):
    """The kernel for the gradient of the images: in each group inputs are outputs."""
    height, width, inputs, _ = kernel.shape
    kernel = tf.reshape(kernel[::-1, ::-1], (height, width, inputs, groups, -1))
    kernel = tf.transpose(kernel, (0, 1, 4, 3, 2))
    return tf.reshape(kernel, (height, width, kernel.shape[2], groups * inputs))


def _shifted(images, size, groups):
    """For each entry of a kernel its place, and the pixels there, as in `_split`."""
    height, width = images.shape[1:3]
    reach = [(count // 2, count // 2) for count in size]
    padded = tf.pad(images, [(0, 0), *reach, (0, 0)])
    for row, column in itertools.product(*map(range, size)):
        part = padded[:, row : row + height, column : column + width]
        yield (row, column), _split(part, groups)


def _split(images, groups):
    """`[groups, N · H · W, C / groups]`."""
    pixels = tf.reshape(images, (-1, groups, images.shape[-1] // groups))
    return tf.transpose(pixels, (1, 0, 2))


def _joined(pixels, shape):
    """`[groups, N · H · W, D]` as images `[N, H, W, groups · D]`."""
    filters = pixels.shape[0] * pixels.shape[-1]
    images = tf.transpose(pixels, (1, 0, 2))
    return tf.reshape(images, (-1, *shape[1:3], filters))
