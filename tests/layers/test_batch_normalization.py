"""Batch normalizations: the original's numbers, standing statistics, Keras' habits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import BatchNormalization
from tests.compare_gan import gradients_of
from tests.harness import check_layer
from tests.layers.batch_norm_protocol import EXAMPLE, run_protocol
from tests.tolerance import assert_close

PLAIN = {
    "bn4d_default": {"momentum": 0.999, "epsilon": 1e-3},
    "bn4d_example": EXAMPLE,
    "bn2d_example": EXAMPLE,
    "standardize_only_example": {**EXAMPLE, "center": False, "scale": False},
}


@pytest.mark.parametrize("tag", PLAIN)
def test_plain_values_of_the_original(tag):
    run_protocol(tag, BatchNormalization(**PLAIN[tag]))


IMAGES = np.random.default_rng(1).standard_normal((6, 4, 4, 3)).astype("float32")


def test_keras_habits_of_plain():
    check_layer(
        lambda **kwargs: BatchNormalization(momentum=0.8, epsilon=1e-4, **kwargs),
        IMAGES,
        trainable=2,
    )


@pytest.mark.parametrize("momentum", [-0.1, 1.0])
def test_momentum_out_of_range_is_named(momentum):
    with pytest.raises(ValueError, match=f"momentum={momentum}"):
        BatchNormalization(momentum=momentum)


def test_a_frozen_layer_keeps_its_moments():
    layer = BatchNormalization()
    layer(IMAGES, training=True)
    layer.trainable = False
    expected = layer(IMAGES)
    assert_close(layer(IMAGES, training=True), expected, 0)
    assert_close(layer(IMAGES), expected, 0)


# Multiples of 2^-10, the spacing of float32 at 10,000: moving them there is exact.
NEAR = np.round(np.random.default_rng(2).normal(0, 1, (8, 6, 5, 3)) * 2**10) / 2**10
MEANS = np.array([3.0, 1000.0, -10000.0])
WEIGHTS = np.random.default_rng(3).normal(size=NEAR.shape).astype("float32")
# As images, and as vectors.
FORMS = pytest.mark.parametrize("shape", [NEAR.shape, (-1, 3)])


def in_float64(inputs, cotangent):
    """Outputs, gradient of the inputs, and moments, without gain and bias."""
    axes = tuple(range(inputs.ndim - 1))
    mean, variance = inputs.mean(axes), inputs.var(axes)
    outputs = (inputs - mean) / np.sqrt(variance + 1e-5)
    gradient = cotangent - cotangent.mean(axes)
    gradient -= outputs * (outputs * cotangent).mean(axes)
    return outputs, gradient / np.sqrt(variance + 1e-5), mean, variance


@FORMS
def test_means_of_many_deviations(shape):
    images = (MEANS + NEAR).reshape(shape)
    weights = WEIGHTS.reshape(shape)
    layer = BatchNormalization(momentum=0.0)
    layer.build(images.shape)
    inputs = images.astype("float32")
    outputs, to_inputs, _ = gradients_of(layer, inputs, weights)
    normal, gradient, mean, variance = in_float64(images, weights)
    assert_close(outputs, normal, name="outputs")
    assert_close(to_inputs, gradient, name="gradient of inputs")
    assert_close(layer.moving_variance, variance, name="variance")
    # float32 itself rounds by 6e-8.
    assert_close(layer.moving_mean, mean, 2e-7, "mean", elementwise=True)

    stored = ops.convert_to_numpy(layer.moving_mean).astype("float64")
    expected = (images - stored) / np.sqrt(variance + 1e-5)
    assert_close(layer(inputs), expected, name="inference")
    layer.accumulates = True
    for _ in range(3):
        layer(inputs)
    layer.accumulates = False
    assert_close(layer.standing_variance.value / 3, variance, name="standing variance")
    assert_close(layer.standing_mean.value / 3, mean, 4e-7, "standing mean", True)


@FORMS
def test_second_gradients_far_from_zero(shape):
    """Of a gradient penalty: those of the same images near zero."""

    def second_gradients(images):
        layer = BatchNormalization()
        layer.build(images.shape)
        weights = ops.convert_to_tensor(WEIGHTS.reshape(shape))

        def penalty(images):
            slope = backend.input_gradient(
                lambda x: weights * ops.sin(layer(x, training=True)),
                images,
                layer.variables,
            )
            return ops.sum(ops.square(slope)), None

        def run(images):
            value, _, pull = backend.vjp(
                penalty, [images], layer.trainable_variables, layer.variables
            )
            (to_images,), to_weights = pull(ops.ones_like(value))
            return value, to_images, *to_weights

        return backend.compiled(run, layer.variables)(images.astype("float32"))

    near = second_gradients(NEAR.reshape(shape))
    far = second_gradients((MEANS + NEAR).reshape(shape))
    for found, expected in zip(far, near, strict=True):
        assert_close(found, ops.convert_to_numpy(expected))


def test_an_outlying_row():
    """All rows but the one in the middle are 10,000 deviations away from it."""
    images = NEAR + 1e4
    images[:, 3] = 0
    layer = BatchNormalization(center=False, scale=False)
    outputs = layer(images.astype("float32"), training=True)
    assert_close(outputs, in_float64(images, images)[0])


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("sizes", [(), (5,), (4, 5, 6)])
def test_other_numbers_of_axes(sizes, data_format):
    """Sequences, and volumes, have moments over all axes but the channels."""
    inputs = np.random.default_rng(0).normal(3, 2, (8, *sizes, 3)).astype("float32")
    axes = tuple(range(inputs.ndim - 1))
    expected = (inputs - inputs.mean(axes)) / np.sqrt(inputs.var(axes) + 1e-5)
    layer = BatchNormalization(momentum=0.0, data_format=data_format)
    if data_format == "channels_first":
        inputs, expected = (np.moveaxis(array, -1, 1) for array in (inputs, expected))
    assert_close(layer(inputs, training=True), expected)
    assert layer.compute_output_shape(inputs.shape) == inputs.shape
    assert_close(layer(inputs), expected)
