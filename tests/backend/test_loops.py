"""What runs several times, or only sometimes, within one program."""

import itertools

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from tests.models.small import compiled_gan
from tests.tolerance import assert_close

ON_JAX = keras.backend.backend() == "jax"


def test_repeat_goes_through_the_parts_in_order():
    total = keras.Variable(np.zeros(3, "float32"), trainable=False)
    calls = keras.Variable(0, dtype="int32", trainable=False)
    untouched = keras.Variable(5.0)

    def add(parts):
        number, nothing = parts
        assert nothing is None
        total.assign(2 * total + number * untouched)
        calls.assign_add(1)

    numbers = np.arange(12, dtype="float32").reshape(4, 3)
    run = backend.compiled(
        lambda numbers: backend.repeat(add, (numbers, None), [total, calls, untouched]),
        [total, calls, untouched],
    )
    run(numbers)
    expected = 5 * (8 * numbers[0] + 4 * numbers[1] + 2 * numbers[2] + numbers[3])
    np.testing.assert_allclose(ops.convert_to_numpy(total), expected)
    assert int(calls) == 4
    assert float(untouched) == 5


def test_repeat_draws_anew_each_time():
    seed = keras.random.SeedGenerator(0)
    drawn = keras.Variable(np.zeros((2, 4), "float32"), trainable=False)

    def draw(index):
        rows = ops.arange(2)[:, None] == index
        noise = keras.random.normal((1, 4), seed=seed)
        drawn.assign(ops.where(rows, noise, drawn.value))

    variables = [seed.state, drawn]
    backend.compiled(lambda parts: backend.repeat(draw, parts, variables), variables)(
        np.arange(2, dtype="int32")
    )
    first, second = ops.convert_to_numpy(drawn)
    assert np.all(first != second)
    again = keras.random.SeedGenerator(0)
    for row in (first, second):
        expected = keras.random.normal((1, 4), seed=again)
        np.testing.assert_allclose(row, ops.convert_to_numpy(expected)[0], rtol=1e-5)


@pytest.mark.skipif(not ON_JAX, reason="what JAX traces can be counted")
def test_a_step_does_not_grow_with_its_updates():
    import jax

    def equations(steps):
        gan = compiled_gan(discriminator_steps=steps)
        images = np.zeros((8 * steps, 8, 8, 1), "float32")
        state = [
            [variable.value for variable in variables]
            for variables in (
                gan.trainable_variables,
                gan.non_trainable_variables,
                gan.optimizer.variables,
                gan.metrics_variables,
            )
        ]
        data = (images, np.zeros(8 * steps, "int32"))
        traced = jax.make_jaxpr(gan.train_step)(state, data)
        return str(traced).count("conv_general_dilated[")

    # The first images are made without recording anything.
    forward = compiled_gan().generator
    assert equations(5) == equations(2)
    assert equations(2) - equations(1) <= _convolutions(forward)


def _convolutions(network):
    return sum("onvolution" in layer.name for layer in network._flatten_layers())


GEOMETRIES = [
    (size, kernel, stride, padding, dilation)
    for size, kernel, stride, padding, dilation in itertools.product(
        (7, 8), (1, 3, 4), (1, 2, 3), ("same", "valid"), (1, 2)
    )
    if stride == 1 or dilation == 1
]


@pytest.mark.skipif(not ON_JAX, reason="JAX's own way")
@pytest.mark.parametrize("channels", [4, 2])
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_convolution_on_jax(data_format, channels, monkeypatch):
    """Values, gradients and gradients of gradients of each geometry, in one program."""
    import jax

    # One image a product.
    monkeypatch.setattr("keras_s3gan.backend.jax.cpu_convolutions._COPIED_BYTES", 1)
    random = np.random.default_rng(0)
    cases = []
    for size, kernel, *_ in GEOMETRIES:
        shape = (2, size, size + 1, 3)
        if data_format == "channels_first":
            shape = (2, 3, size, size + 1)
        images = random.normal(size=shape).astype("float32")
        kernels = random.normal(size=(kernel, kernel, 3, channels)).astype("float32")
        cases.append((images, kernels))

    def all_of(convolution):
        def one(case, geometry):
            _, _, stride, padding, dilation = geometry

            def outputs(images, kernel):
                return convolution(
                    *(images, kernel, (stride, stride), padding),
                    dilation_rate=(dilation, dilation),
                    data_format=data_format,
                )

            def value(images, kernel):
                return ops.sin(outputs(images, kernel)).sum()

            def steepness(images, kernel):
                first, second = jax.grad(value, (0, 1))(images, kernel)
                return (first**2).sum() + (second**3).sum()

            return outputs(*case), jax.grad(steepness, (0, 1))(*case)

        return jax.jit(lambda cases: list(map(one, cases, GEOMETRIES)))(cases)

    def ours(images, kernel, *arguments, **kwargs):
        return backend.convolution(images, kernel, None, *arguments, **kwargs)

    found = all_of(ours)
    expected = all_of(keras.ops.conv)
    for one, other, geometry in zip(found, expected, GEOMETRIES, strict=True):
        for array, reference in zip(
            jax.tree.leaves(one), jax.tree.leaves(other), strict=True
        ):
            assert_close(array, reference, 2e-5, str(geometry))


@pytest.mark.skipif(
    keras.backend.backend() != "torch", reason="PyTorch's own convolution"
)
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_convolution_is_that_of_keras(geometry, groups, data_format):
    import torch

    size, width, stride, padding, dilation = geometry
    random = np.random.default_rng(0)
    shape = (2, size, size + 1, 4)
    if data_format == "channels_first":
        shape = (2, 4, size, size + 1)
    bias = torch.tensor(random.normal(size=6), requires_grad=True)

    def theirs(images, kernel, bias, *arguments, **kwargs):
        outputs = keras.ops.conv(images, kernel, *arguments, **kwargs)
        axes = (-1, 1, 1) if data_format == "channels_first" else (-1,)
        return outputs + bias.reshape(axes)

    found = []
    for convolution in (theirs, backend.convolution):
        random = np.random.default_rng(0)
        images = torch.tensor(random.normal(size=shape), requires_grad=True)
        kernel = random.normal(size=(width, width, 4 // groups, 6))
        kernel = torch.tensor(kernel, requires_grad=True)
        outputs = convolution(
            *(images, kernel, bias, (stride, stride), padding),
            dilation_rate=(dilation, dilation),
            data_format=data_format,
        )
        sources = images, kernel, bias
        gradients = torch.autograd.grad(torch.sin(outputs).sum(), sources)
        found.append([outputs, *gradients])
    for ours, expected in zip(found[1], found[0], strict=True):
        assert_close(ours, expected.detach().numpy(), 1e-12)
