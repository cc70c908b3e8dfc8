"""Penalties on kernels against NumPy."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, penalties
from keras_s3gan.networks import BigGANGenerator
from tests.tolerance import assert_close


def matrix(variable):
    value = np.asarray(ops.convert_to_numpy(variable)).astype("float64")
    return value.reshape(-1, value.shape[-1])


def network():
    model = keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            keras.layers.Conv2D(3, 2),
            keras.layers.Flatten(),
            keras.layers.Dense(40),
        ]
    )
    model.layers[-1].bias.assign(np.ones(40))
    return model


def test_l2_is_the_mean_over_kernels():
    model = network()
    expected = np.mean([0.5 * np.sum(matrix(w) ** 2) for w in model.weights[::2]])
    assert_close(penalties.get("l2")(model), np.array(expected), 1e-5)


def test_orthogonal_counts_products_of_different_filters():
    """Of a tall kernel and of a wide one."""
    model = network()
    expected, slopes = 0.0, []
    for weight in model.weights[::2]:
        kernel = matrix(weight)
        products = kernel.T @ kernel
        np.fill_diagonal(products, 0)
        expected += np.sum(products**2)
        slopes.append(4 * kernel @ products)
    (value, _), gradients = backend.value_and_grad(
        lambda: (penalties.get("orthogonal")(model), ()), model.trainable_variables
    )
    assert_close(value, np.array(expected), 1e-5)
    for gradient, slope in zip(gradients[::2], slopes, strict=True):
        assert_close(ops.reshape(gradient, slope.shape), slope, 1e-5)


def test_orthogonal_filters_cost_nothing_and_the_class_embedding_never():
    generator = BigGANGenerator(
        32, 1, 3, latent_dim=8, base_channels=2, kernel_initializer="zeros"
    )
    (embedding,) = [w for w in generator.weights if "class_embedding" in w.path]
    assert np.abs(ops.convert_to_numpy(embedding)).max() > 0
    assert_close(penalties.get("orthogonal")(generator), np.array(0.0), 0)
    dense = keras.layers.Dense(3, kernel_initializer="orthogonal")
    dense.build((None, 5))
    assert_close(penalties.get("orthogonal")(dense), np.array(0.0), 1e-6)


def test_filters_of_a_transposed_convolution_are_its_output_channels():
    layer = keras.layers.Conv2DTranspose(3, 4)
    model = keras.Sequential([keras.Input((2, 2, 5)), layer])
    kernel = np.swapaxes(ops.convert_to_numpy(layer.kernel).astype("float64"), -1, -2)
    products = kernel.reshape(-1, 3).T @ kernel.reshape(-1, 3)
    np.fill_diagonal(products, 0)
    expected = np.array(np.sum(products**2))
    assert_close(penalties.get("orthogonal")(model), expected, 1e-5)


def test_a_network_without_kernels_is_named():
    with pytest.raises(ValueError, match="network=plain"):
        penalties.get("l2")(keras.layers.ReLU(name="plain"))
