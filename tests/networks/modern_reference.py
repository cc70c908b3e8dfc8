"""R3GAN's networks in NumPy, with the weights of ours."""

import numpy as np
from keras import ops


def array(variable):
    return ops.convert_to_numpy(variable).astype("float64")


def convolution(images, layer):
    """A convolution that keeps the size: a sum over groups and entries of the kernel.

    Args:
        images: `[N, H, W, C]`.
        layer: whose kernel `[h, w, C / groups, out]` and bias to take.
    """
    kernel = array(layer.kernel)
    height, width, inputs, outputs = kernel.shape
    groups = images.shape[-1] // inputs
    padded = np.pad(images, [(0, 0), (height // 2,) * 2, (width // 2,) * 2, (0, 0)])
    found = np.zeros((*images.shape[:3], outputs))
    for group in range(groups):
        of_group = slice(group * inputs, (group + 1) * inputs)
        filters = slice(group * outputs // groups, (group + 1) * outputs // groups)
        for row, column in np.ndindex(height, width):
            part = padded[:, row:, column:][:, : images.shape[1], : images.shape[2]]
            found[..., filters] += part[..., of_group] @ kernel[row, column, :, filters]
    return found + (array(layer.bias) if layer.use_bias else 0.0)


def leaky_relu(values):
    return np.where(values > 0, values, 0.2 * values)


def filter_matrix(size):
    """`[size / 2, size]`: a filter of `[1, 3, 3, 1] / 8` at every second pixel."""
    matrix = np.zeros((size // 2, size))
    for row, tap in np.ndindex(size // 2, 4):
        if 0 <= 2 * row - 1 + tap < size:
            matrix[row, 2 * row - 1 + tap] = (1, 3, 3, 1)[tap] / 8
    return matrix


def down(images):
    rows, columns = map(filter_matrix, images.shape[1:3])
    return np.einsum("ah,bw,nhwc->nabc", rows, columns, images)


def up(images):
    """The adjoint of `down`, times 2 along each axis."""
    rows, columns = (2 * filter_matrix(2 * size) for size in images.shape[1:3])
    return np.einsum("ha,wb,nhwc->nabc", rows, columns, images)


def block_outputs(block, images):
    """What a `ModernBlock` should give."""

    def changed(images):
        if block.transition is None:
            return images
        return convolution(images, block.transition)

    if block.resampling == "up":
        images = up(changed(images))
    expansion, grouped, projection = block.convolutions
    residual = leaky_relu(convolution(images, expansion))
    residual = leaky_relu(convolution(residual, grouped))
    images = images + convolution(residual, projection)
    return changed(down(images)) if block.resampling == "down" else images


def _blocks(model):
    return [layer for layer in model.layers if layer.name.startswith("block_")]


def generator_outputs(generator, latents, labels_one_hot):
    vectors = latents
    if labels_one_hot is not None:
        embedding = array(generator.get_layer("class_embedding").kernel)
        vectors = np.concatenate([latents, labels_one_hot @ embedding], axis=1)
    vectors = vectors @ array(generator.get_layer("first_linear").kernel)
    images = vectors[:, None, None] * array(generator.get_layer("basis").basis)
    for block in _blocks(generator):
        images = block_outputs(block, images)
    return np.tanh(convolution(images, generator.get_layer("last_convolution")))


def discriminator_outputs(discriminator, images, labels_one_hot):
    trunk = discriminator.trunk
    images = convolution(images, trunk.get_layer("first_convolution"))
    for block in _blocks(trunk):
        images = block_outputs(block, images)
    basis = array(trunk.get_layer("basis").basis)
    features = np.sum(images * basis, axis=(1, 2))
    logits = features @ array(trunk.get_layer("last_linear").kernel)
    if labels_one_hot is not None:
        embedding = array(discriminator.class_projection.embedding.kernel)
        products = features * (labels_one_hot @ embedding)
        logits = logits + products.sum(axis=1, keepdims=True)
    return logits, features
