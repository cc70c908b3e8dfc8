"""Layer normalization: the original's numbers, precision, Keras' habits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import LayerNormalization
from keras_s3gan.networks.normalization import make_normalization
from tests import golden
from tests.compare_gan import gradients_of
from tests.harness import check_layer
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 6, 6, 3)).astype("float32")


def test_values_of_the_original():
    arrays = golden.load("item3d_layer_norm_attention.npz")
    layer = make_normalization("layer", "zeros")
    layer.build(arrays["ln/x"].shape)
    layer.gamma.assign(arrays["ln/var/ln/gamma"])
    layer.beta.assign(arrays["ln/var/ln/beta"])
    outputs, to_inputs, gradients = gradients_of(layer, arrays["ln/x"], arrays["ln/c"])
    assert_close(outputs, arrays["ln/y"])
    assert_close(to_inputs, arrays["ln/grad_x"], name="gradient of inputs")
    for weight in (layer.gamma, layer.beta):
        expected = arrays[f"ln/grad/ln/{weight.name}"]
        assert_close(gradients[weight.path], expected, name=weight.name)


def reference(images, epsilon=1e-12):
    """In float64."""
    images = images.astype("float64")
    axes = tuple(range(1, images.ndim))
    centered = images - images.mean(axes, keepdims=True)
    return centered / np.sqrt((centered**2).mean(axes, keepdims=True) + epsilon)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize(
    ("dtype", "relative"),
    # Rounding the outputs to bfloat16 alone makes an error of 2^-9.
    [("float32", 1e-4), ("mixed_bfloat16", 2.0**-8)],
)
def test_small_deviations_from_a_large_mean(dtype, relative, data_format):
    layer = LayerNormalization(data_format=data_format, dtype=dtype)
    # What the layer is given is exact in bfloat16.
    images = ops.cast(ops.cast(100.0 + 10.0 * IMAGES, "bfloat16"), "float32")
    images = ops.convert_to_numpy(images)
    first = data_format == "channels_first"
    outputs = layer(np.transpose(images, (0, 3, 1, 2)) if first else images)
    expected = reference(images)
    expected = np.transpose(expected, (0, 3, 1, 2)) if first else expected
    assert_close(ops.cast(outputs, "float32"), expected, relative)


def test_a_mean_of_many_deviations():
    images = (1e4 + IMAGES).astype("float32")
    assert_close(LayerNormalization()(images), reference(images))


def test_images_of_one_colour_have_values_and_gradients():
    """`E[x²] - E[x]²` would be below -ε for some of them."""
    colours = np.linspace(0.02, 1.0, 50).reshape((-1, 1, 1, 1))
    images = np.broadcast_to(colours, (50, 32, 32, 3)).astype("float32")
    layer = LayerNormalization()
    layer.build(images.shape)
    outputs, to_inputs, _ = gradients_of(layer, images, np.ones_like(images))
    assert np.all(np.isfinite(ops.convert_to_numpy(outputs)))
    assert np.all(np.isfinite(ops.convert_to_numpy(to_inputs)))


def test_vectors():
    vectors = IMAGES.reshape(4, -1)
    assert_close(
        LayerNormalization(epsilon=0.1)(vectors), reference(vectors, 0.1), 1e-5
    )


@pytest.mark.parametrize(
    ("inputs", "formats"),
    [(IMAGES, ("channels_last", "channels_first")), (IMAGES[:, 0, 0], ())],
)
def test_keras_habits(inputs, formats):
    check_layer(
        lambda **kwargs: LayerNormalization(epsilon=1e-3, **kwargs),
        inputs,
        trainable=2,
        formats=formats,
    )


@pytest.mark.parametrize("sizes", [(), (5,), (4, 5, 6)])
def test_other_numbers_of_axes(sizes):
    inputs = np.random.default_rng(0).normal(3, 2, (8, *sizes, 3)).astype("float32")
    axes = tuple(range(1, inputs.ndim))
    mean = inputs.mean(axes, keepdims=True)
    expected = (inputs - mean) / inputs.std(axes, keepdims=True)
    assert_close(LayerNormalization()(inputs), expected)
