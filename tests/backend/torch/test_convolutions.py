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
