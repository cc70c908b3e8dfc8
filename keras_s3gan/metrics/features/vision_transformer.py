"""Vision transformers that turn an image into one vector of features."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

# Cubic interpolation as in PyTorch.
_CUBIC = -0.75


class Affine(NamedTuple):
    """A matrix `[outputs, inputs]`, as in PyTorch, and a bias `[outputs]`."""

    matrix: np.ndarray
    bias: np.ndarray


class Normalization(NamedTuple):
    """The gain and the offset of a layer normalization, each `[D]`."""

    gain: np.ndarray
    offset: np.ndarray


class TransformerBlock(NamedTuple):
    """Weights of a block. `attention` makes queries, keys and values: `[3 D, D]`."""

    before_attention: Normalization
    attention: Affine
    attended: Affine
    before_mlp: Normalization
    up: Affine
    down: Affine


class TransformerWeights(NamedTuple):
    """The weights of a vision transformer.

    Attributes:
        patches: `Affine` of convolutions, a matrix `[D, 3, P, P]`.
        positions: `[1 + patches, D]`. The class token is part of the first.
        first: `Normalization` before the blocks, or `None`.
        blocks: list of `TransformerBlock`.
        last: `Normalization` of the class token after the blocks.
        projection: `[D, features]`, or `None`.
    """

    patches: Affine
    positions: np.ndarray
    first: Normalization | None
    blocks: list[TransformerBlock]
    last: Normalization
    projection: np.ndarray | None


def build_vision_transformer(weights, image_size, heads, epsilon, activation):
    """Builds a vision transformer that gives the features of the class token.

    It is float32 and channels-last whatever Keras' global settings are.

    Args:
        weights: `TransformerWeights`.
        image_size: int. Height and width of the images.
        heads: int. Number of attention heads.
        epsilon: float. Of the layer normalizations.
        activation: callable of a tensor.

    Returns:
        A `keras.Model`: `[N, image_size, image_size, 3]` to features `[N, D]`.

    Raises:
        ValueError: if the shapes of the weights do not fit each other.

    Reference:
        - Dosovitskiy et al., 2021, https://arxiv.org/abs/2010.11929
    """
    width, _, patch, _ = weights.patches.matrix.shape
    loaded = []

    def apply(layer, x, *arrays, **kwargs):
        outputs = layer(*(x if isinstance(x, tuple) else (x,)), **kwargs)
        loaded.append((layer, arrays))
        return outputs

    def normalize(x, parts, name):
        layer = keras.layers.LayerNormalization(
            epsilon=epsilon, dtype="float32", name=name
        )
        return apply(layer, x, *parts)

    def multiply(x, affine, name):
        layer = keras.layers.Dense(len(affine.bias), dtype="float32", name=name)
        return apply(layer, x, affine.matrix.T, affine.bias)

    image = keras.Input((image_size, image_size, 3), dtype="float32", name="image")
    convolution = keras.layers.Conv2D(
        width,
        patch,
        strides=patch,
        data_format="channels_last",
        dtype="float32",
        name="patches",
    )
    x = apply(
        convolution,
        image,
        weights.patches.matrix.transpose(2, 3, 1, 0),
        weights.patches.bias,
    )
    x = ops.reshape(x, (-1, (image_size // patch) ** 2, width))
    x = apply(_Positions(dtype="float32", name="positions"), x, weights.positions)
    if weights.first is not None:
        x = normalize(x, weights.first, "first")
    for index, block in enumerate(weights.blocks):
        name = f"block{index}"
        y = normalize(x, block.before_attention, f"{name}_before_attention")
        attention = keras.layers.MultiHeadAttention(
            heads, width // heads, dtype="float32", name=f"{name}_attention"
        )
        arrays = _attention_arrays(block, heads)
        x = x + apply(attention, (y, y), *arrays)
        y = normalize(x, block.before_mlp, f"{name}_before_mlp")
        y = activation(multiply(y, block.up, f"{name}_up"))
        x = x + multiply(y, block.down, f"{name}_down")
    x = normalize(x[:, 0], weights.last, "last")
    if weights.projection is not None:
        layer = keras.layers.Dense(
            weights.projection.shape[1],
            use_bias=False,
            dtype="float32",
            name="projection",
        )
        x = apply(layer, x, weights.projection)
    model = keras.Model(image, x, name="vision_transformer")
    for layer, arrays in loaded:
        try:
            layer.set_weights(arrays)
        except ValueError as error:
            shapes = [np.shape(array) for array in arrays]
            raise ValueError(
                "The arrays must be those of one vision transformer. Received: "
                f"{shapes} for {layer.name} of {[w.shape for w in layer.weights]}"
            ) from error
    return model


def quick_gelu(x):
    """`x sigmoid(1.702 x)`, in place of the Gaussian error linear unit."""
    return x * ops.sigmoid(1.702 * x)


def resized_positions(positions, size, offset):
    """Resizes the positions of a grid of patches by cubic interpolation.

    Args:
        positions: `[1 + n * n, D]`. The first is not of the grid.
        size: int. Height and width of the new grid.
        offset: float. What DINOv2 adds to `size` where the scale is computed.

    Returns:
        `[1 + size * size, D]`.
    """
    side = round((len(positions) - 1) ** 0.5)
    if side == size:
        return positions
    weights = np.zeros((size, side))
    # Pixel i lies at (i + 1/2) / scale - 1/2, among four neighbours.
    places = (np.arange(size) + 0.5) * side / (size + offset) - 0.5
    low = np.floor(places).astype(int)
    for neighbour in range(-1, 3):
        distances = np.abs(places - (low + neighbour))
        columns = np.clip(low + neighbour, 0, side - 1)
        np.add.at(weights, (np.arange(size), columns), _cubic(distances))
    grid = positions[1:].reshape(side, side, -1)
    grid = np.einsum("ai,bj,ijd->abd", weights, weights, grid)
    return np.concatenate([positions[:1], grid.reshape(size * size, -1)])


def _cubic(distance):
    near = ((_CUBIC + 2) * distance - (_CUBIC + 3)) * distance**2 + 1
    far = ((distance - 5) * distance + 8) * distance - 4
    return np.where(distance <= 1, near, _CUBIC * far)


def _attention_arrays(block, heads):
    """The arrays of Keras' layer: kernel and bias of query, key, value and output."""
    width = len(block.attended.bias)
    arrays = []
    for matrix, bias in zip(
        np.split(block.attention.matrix, 3),
        np.split(block.attention.bias, 3),
        strict=True,
    ):
        arrays += [matrix.T.reshape(width, heads, -1), bias.reshape(heads, -1)]
    arrays += [block.attended.matrix.T.reshape(heads, -1, width), block.attended.bias]
    return arrays


class _Positions(keras.layers.Layer):
    """Puts a row in front of the patches and adds the positions to all rows."""

    def build(self, input_shape):
        shape = (1 + input_shape[1], input_shape[2])
        self.positions = self.add_weight(shape=shape, name="positions")

    def call(self, patches):
        return ops.pad(patches, [[0, 0], [1, 0], [0, 0]]) + self.positions

    def compute_output_shape(self, input_shape):
        return (input_shape[0], 1 + input_shape[1], input_shape[2])
