"""PyTorch's convolutions, beside those of Keras."""

import keras
import numpy as np
import pytest

from keras_s3gan import backend
from tests.backend.geometries import GEOMETRIES
from tests.tolerance import assert_close

if keras.backend.backend() != "torch":
    pytest.skip("PyTorch's own convolution", allow_module_level=True)

import torch


@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
@pytest.mark.parametrize("groups", [1, 2])
@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_convolution_is_that_of_keras(geometry, groups, data_format):
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


def with_second_gradients(images, kernel, dtype, strides, up=False):
    """Outputs, gradients, and the gradients of a gradient penalty, in a dtype."""
    images, kernel = (
        torch.tensor(x).to(dtype).requires_grad_() for x in (images, kernel)
    )
    if up:
        outputs = backend.transposed_convolution(images, kernel, None, "channels_last")
    else:
        outputs = backend.convolution(
            images, kernel, None, strides, "same", (1, 1), "channels_last"
        )
    loss = torch.sin(outputs.double()).sum()
    sources = images, kernel
    first = torch.autograd.grad(loss, sources, create_graph=True)
    penalty = sum(gradient.double().square().sum() for gradient in first)
    second = torch.autograd.grad(penalty, sources)
    return [value.detach().double().numpy() for value in (outputs, *first, *second)]


# Of few channels, for a training step on one thread: shortcuts that halve, and layers
# whose kernel is for one channel.
@pytest.mark.parametrize("width", [1, 4])
@pytest.mark.parametrize("strides", [(1, 1), (2, 2)])
@pytest.mark.parametrize("channels", [(8, 1), (1, 8)])
@pytest.mark.parametrize(
    ("dtype", "relative"), [("float32", 1e-5), ("bfloat16", 0.15), ("float16", 1e-2)]
)
def test_gradients_of_a_penalty_in_each_dtype(
    width, strides, channels, dtype, relative
):
    random = np.random.default_rng(0)
    images = random.normal(size=(2, 8, 8, channels[0]))
    kernel = random.normal(size=(width, width, *channels)) / width
    cases = [(kernel, strides, False)]
    if width == 4 and strides == (2, 2):
        cases.append((kernel.swapaxes(2, 3), strides, True))
    for case in cases:
        found = with_second_gradients(images, case[0], getattr(torch, dtype), *case[1:])
        expected = with_second_gradients(images, case[0], torch.float64, *case[1:])
        for ours, theirs in zip(found, expected, strict=True):
            assert_close(ours, theirs, relative)
