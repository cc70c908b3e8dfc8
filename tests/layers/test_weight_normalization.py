"""Weight normalization: the original's numbers, PyTorch's gradient, Keras' habits."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import Convolution, WeightNormalization
from tests import golden
from tests.compare_gan import gradients_of
from tests.harness import check_layer
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
IMAGES = RANDOM.standard_normal((4, 6, 6, 3)).astype("float32")
CASES = {
    "linear": ("wl", lambda: keras.layers.Dense(4)),
    "conv": ("wc", lambda: keras.layers.Conv2D(5, 3, strides=2, padding="same")),
    "deconv": (
        "wd",
        lambda: keras.layers.Conv2DTranspose(5, 4, strides=2, padding="same"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_values_of_the_original(case):
    arrays = golden.load("item3e_weight_norm.npz")
    scope, make = CASES[case]
    layer = WeightNormalization(make())
    start = arrays[f"{case}_x_init"]
    layer.build(start.shape)
    layer.kernel.assign(arrays[f"var/{scope}/V"])
    outputs = layer.initialize_from_data(start, scale=0.8)
    assert_close(outputs, arrays[f"{case}_y_init"], name="outputs of the first batch")
    assert_close(layer.gain, arrays[f"var/{scope}/g"], name="gain")
    assert_close(layer.layer.bias, arrays[f"var/{scope}/b"], name="bias")
    # The original's transposed convolution cannot be called a second time.
    if case != "deconv":
        assert_close(layer(arrays[f"{case}_x"]), arrays[f"{case}_y"], name="outputs")


@pytest.mark.parametrize("kind", ["Linear", "Conv2d", "ConvTranspose2d"])
def test_gradient_of_pytorch(kind):
    torch = pytest.importorskip("torch")
    convolutional = kind != "Linear"
    make = getattr(torch.nn, kind)
    theirs = make(3, 5, 2, bias=False) if convolutional else make(3, 5, bias=False)
    # Of their transposed convolution the second axis is that of the outputs.
    axis = 1 if kind == "ConvTranspose2d" else 0
    theirs = torch.nn.utils.parametrizations.weight_norm(theirs, dim=axis)
    gain, direction = theirs.parametrizations.weight.parameters()
    with torch.no_grad():
        gain.copy_(1.0 + torch.rand(gain.shape))
    inputs = IMAGES if convolutional else IMAGES[:, 0, 0]
    to_theirs = (0, 3, 1, 2) if convolutional else (0, 1)
    to_ours = (0, 2, 3, 1) if convolutional else (0, 1)
    with torch.enable_grad():
        outputs = theirs(torch.from_numpy(np.transpose(inputs, to_theirs).copy()))
        cotangent = RANDOM.standard_normal(outputs.shape).astype("float32")
        (outputs * torch.from_numpy(cotangent)).sum().backward()

    layer = WeightNormalization(
        {
            "Linear": lambda: keras.layers.Dense(5, use_bias=False),
            "Conv2d": lambda: keras.layers.Conv2D(5, 2, use_bias=False),
            "ConvTranspose2d": lambda: keras.layers.Conv2DTranspose(
                5, 2, use_bias=False
            ),
        }[kind]()
    )
    layer.build(inputs.shape)
    # [out, in, h, w] or [in, out, h, w] there, [h, w, in, out] or [h, w, out, in] here.
    axes = (2, 3, 1, 0) if convolutional else (1, 0)
    layer.kernel.assign(np.transpose(direction.detach().numpy(), axes))
    layer.gain.assign(gain.detach().numpy().reshape(-1))
    ours, _, gradients = gradients_of(layer, inputs, np.transpose(cotangent, to_ours))
    assert_close(ours, np.transpose(outputs.detach().numpy(), to_ours), 1e-5)
    assert_close(
        gradients[layer.kernel.path], np.transpose(direction.grad.numpy(), axes), 1e-5
    )
    assert_close(gradients[layer.gain.path], gain.grad.numpy().reshape(-1), 1e-5)


def test_wrapping_changes_nothing_at_first():
    plain = keras.layers.Conv2DTranspose(5, 3)
    expected = plain(IMAGES)
    assert_close(WeightNormalization(plain)(IMAGES), expected, 1e-6)


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("bias", [True, False])
def test_first_batch_sets_the_deviation(bias, data_format):
    first = data_format == "channels_first"
    inner = Convolution(5, 3, use_bias=bias, data_format=data_format)
    layer = WeightNormalization(inner)
    images = np.transpose(IMAGES, (0, 3, 1, 2)) if first else IMAGES
    outputs = layer.initialize_from_data(images, scale=2.0)
    axes = (0, 2, 3) if first else (0, 1, 2)
    mean, variance = ops.moments(outputs, axes)
    assert_close(ops.sqrt(variance), np.full(5, 2.0), 1e-5)
    if bias:
        assert_close(mean, np.zeros(5), 1e-5)


def test_first_batch_far_from_zero():
    vectors = (1e4 + IMAGES.reshape(-1, 1)).astype("float32")
    layer = WeightNormalization(keras.layers.Dense(1, use_bias=False))
    outputs = layer.initialize_from_data(vectors)
    assert_close(np.std(ops.convert_to_numpy(outputs).astype("float64")), 1.0, 1e-4)


def test_embedding_rows():
    layer = WeightNormalization(keras.layers.Embedding(6, 4))
    layer.build((None,))
    layer.gain.assign(2.0 * np.ones(4))
    rows = ops.convert_to_numpy(layer(np.arange(6)))
    assert_close(np.linalg.norm(rows, axis=0), np.full(4, 2.0), 1e-6)


@pytest.mark.parametrize(
    ("inner", "inputs", "formats"),
    [
        (lambda **kwargs: keras.layers.Dense(5, **kwargs), IMAGES[:, 0, 0], ()),
        (
            lambda **kwargs: keras.layers.Conv2D(5, 3, **kwargs),
            IMAGES,
            ("channels_last", "channels_first"),
        ),
        (
            lambda **kwargs: keras.layers.Conv2DTranspose(5, 3, **kwargs),
            IMAGES,
            ("channels_last", "channels_first"),
        ),
    ],
)
def test_keras_habits(inner, inputs, formats):
    check_layer(
        lambda **kwargs: WeightNormalization(inner(**kwargs), epsilon=1e-8),
        inputs,
        trainable=3,
        formats=formats,
    )


def test_a_layer_without_kernel_is_refused():
    with pytest.raises(ValueError, match="WeightNormalization needs a layer with"):
        WeightNormalization(keras.layers.ReLU()).build((None, 3))
