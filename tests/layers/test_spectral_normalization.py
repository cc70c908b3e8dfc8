"""Spectral normalization: the original's numbers, PyTorch's gradient, Keras' habits."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import SpectralNormalization
from tests import golden
from tests.harness import check_layer
from tests.tolerance import assert_close

CASES = ("dense_tall", "dense_wide", "conv3x3", "conv1x1_wide")


def built(weight, side="left", u=None, **kwargs):
    """A normalized Dense or Conv2D with the given kernel and vector."""
    if weight.ndim == 2:
        inner = keras.layers.Dense(weight.shape[-1], use_bias=False)
        shape = (None, weight.shape[0])
    else:
        inner = keras.layers.Conv2D(weight.shape[-1], weight.shape[0], use_bias=False)
        shape = (None, 8, 8, weight.shape[2])
    layer = SpectralNormalization(inner, side=side, **kwargs)
    layer.build(shape)
    layer.layer.kernel.assign(weight)
    if u is not None:
        layer.u.assign(u)
    return layer


def kernel_gradient(layer, cotangent):
    def value():
        kernel = layer.normalized_kernel(training=True)
        return ops.sum(ops.multiply(kernel, cotangent)), kernel

    (_, kernel), (gradient,) = backend.value_and_grad(
        value, layer.trainable_variables, layer.non_trainable_variables
    )
    return kernel, gradient


@pytest.mark.parametrize("side", ["left", "right", "auto"])
@pytest.mark.parametrize("case", CASES)
def test_values_of_the_original(case, side):
    arrays = golden.load("item3a_spectral_norm.npz")
    weight = arrays[f"{case}/w"]
    layer = built(weight, side, arrays[f"{case}/{side}/u0"])
    kernel, gradient = kernel_gradient(layer, arrays[f"{case}/c"])
    assert_close(gradient, arrays[f"{case}/{side}/grad_w_1"])
    for run in (1, 2, 3):
        if run > 1:
            kernel = layer.normalized_kernel(training=True)
        assert_close(kernel, arrays[f"{case}/{side}/w_bar_{run}"], name="kernel")
        sigma = np.linalg.norm(weight) / np.linalg.norm(ops.convert_to_numpy(kernel))
        assert_close(sigma, arrays[f"{case}/{side}/sigma_{run}"], name="sigma")
        assert_close(layer.u, arrays[f"{case}/{side}/u_{run}"], name="u")
    assert_close(layer.layer.kernel, weight, 0, name="the raw kernel must stay")


@pytest.mark.parametrize("case", CASES)
def test_many_iterations_find_the_largest_singular_value(case):
    arrays = golden.load("item3a_spectral_norm.npz")
    weight = arrays[f"{case}/w"]
    kernel = built(weight, power_iterations=200).normalized_kernel(training=True)
    assert_close(kernel, weight / arrays[f"{case}/true_sigma_max"])


def test_gradient_of_pytorch():
    torch = pytest.importorskip("torch")
    random = np.random.default_rng(0)
    weight = random.standard_normal((12, 7)).astype("float32")
    cotangent = random.standard_normal((12, 7)).astype("float32")
    theirs = torch.nn.Linear(12, 7, bias=False)
    with torch.no_grad():
        theirs.weight.copy_(torch.from_numpy(weight.T))
    theirs = torch.nn.utils.parametrizations.spectral_norm(theirs)
    # Their `v` has an entry for each input, as our `u` on the left side has.
    start = theirs.parametrizations.weight[0]._v.detach().numpy().copy()
    theirs.train()
    with torch.enable_grad():
        kernel = theirs.weight
        (kernel * torch.from_numpy(cotangent.T)).sum().backward()
    expected = theirs.parametrizations.weight.original.grad.numpy().T

    layer = built(weight, "left", start[:, None])
    ours, gradient = kernel_gradient(layer, cotangent)
    assert_close(ours, kernel.detach().numpy().T, 1e-5)
    assert_close(gradient, expected, 1e-5)


@pytest.mark.parametrize("side", ["left", "right"])
def test_inference_uses_the_normalized_kernel_and_moves_nothing(side):
    weight = 7.0 * np.random.default_rng(1).standard_normal((6, 5)).astype("float32")
    layer = built(weight, side, power_iterations=50)
    inputs = np.eye(6, dtype="float32")
    trained = layer(inputs, training=True)
    before = ops.convert_to_numpy(layer.u)
    inferred = ops.convert_to_numpy(layer(inputs, training=False))
    assert_close(inferred, trained, 1e-5)
    assert_close(layer.u, before, 0)
    assert np.linalg.svd(inferred, compute_uv=False)[0] == pytest.approx(1, abs=1e-4)


def test_iterating_at_inference_is_an_option():
    weight = np.random.default_rng(2).standard_normal((6, 5)).astype("float32")
    layer = built(weight, iterate_at_inference=True)
    before = ops.convert_to_numpy(layer.u)
    layer(np.eye(6, dtype="float32"), training=False)
    assert np.abs(ops.convert_to_numpy(layer.u) - before).max() > 1e-3


def test_warm_up_finds_the_singular_value_before_the_first_step():
    keras.utils.set_random_seed(3)
    inner = keras.layers.Dense(5, kernel_initializer="random_normal")
    layer = SpectralNormalization(inner, warmup_iterations=100)
    layer.build((None, 6))
    kernel = ops.convert_to_numpy(layer.normalized_kernel(training=False))
    assert np.linalg.svd(kernel, compute_uv=False)[0] == pytest.approx(1, abs=1e-4)


def test_learning_rate_zero_leaves_prediction_alone():
    """The trap of Keras' own layer: `predict` must stay normalized."""
    model = keras.Sequential(
        [
            SpectralNormalization(keras.layers.Dense(8, activation="relu")),
            SpectralNormalization(keras.layers.Dense(1)),
        ]
    )
    model.build((None, 4))
    for layer in model.layers:
        layer.layer.kernel.assign(5.0 * layer.layer.kernel)
    inputs = np.random.default_rng(4).standard_normal((16, 4)).astype("float32")
    model.compile(keras.optimizers.SGD(0.0), "mse")
    model.fit(inputs, inputs[:, :1], epochs=40, batch_size=16, verbose=0)
    for layer in model.layers:
        kernel = ops.convert_to_numpy(layer.normalized_kernel())
        assert np.linalg.svd(kernel, compute_uv=False)[0] == pytest.approx(1, abs=1e-3)
    predicted = model.predict(inputs, verbose=0)
    assert np.abs(predicted).max() <= np.linalg.norm(inputs, axis=1).max()


def make(inner):
    def factory(dtype=None, data_format=None):
        kwargs = {"dtype": dtype}
        if data_format:
            kwargs["data_format"] = data_format
        return SpectralNormalization(inner(**kwargs), power_iterations=2, side="right")

    return factory


IMAGES = np.random.default_rng(5).standard_normal((4, 6, 6, 3)).astype("float32")


def test_keras_habits_of_dense():
    check_layer(
        make(lambda **kwargs: keras.layers.Dense(5, **kwargs)),
        IMAGES[:, 0, 0],
        formats=(),
        trainable=2,
    )


@pytest.mark.parametrize("layer", [keras.layers.Conv2D, keras.layers.Conv2DTranspose])
def test_keras_habits_of_convolutions(layer):
    check_layer(make(lambda **kwargs: layer(5, 3, **kwargs)), IMAGES, trainable=2)


def test_embedding_is_normalized():
    layer = SpectralNormalization(keras.layers.Embedding(6, 4), power_iterations=30)
    rows = layer(np.arange(6), training=True)
    largest = np.linalg.svd(ops.convert_to_numpy(rows), compute_uv=False)[0]
    assert largest == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize(
    "kwargs",
    [{"side": "both"}, {"power_iterations": 0}, {"warmup_iterations": -1}],
)
def test_wrong_arguments_are_named(kwargs):
    ((name, value),) = kwargs.items()
    with pytest.raises(ValueError, match=f"{name}={value}"):
        SpectralNormalization(keras.layers.Dense(3), **kwargs)


def test_a_layer_without_kernel_is_refused():
    with pytest.raises(ValueError, match="needs a layer with a kernel"):
        SpectralNormalization(keras.layers.ReLU()).build((None, 3))
