"""What the architectures are made of, against the original's."""

import keras
import pytest
from keras import ops

from keras_s3gan.layers import average_pool, upsample
from keras_s3gan.networks.layer_factory import NORMAL, LayerFactory
from tests import golden
from tests.tolerance import assert_close

CONVOLUTIONS = ("k3_s1", "k3_s2", "k4_s2", "k5_s2")
PRIMITIVES = (
    *(f"conv_n{{}}_{name}" for name in CONVOLUTIONS),
    *(f"dc_n{{}}_{name}" for name in (*CONVOLUTIONS, "k5_s2_odd")),
    "unpool_n{}",
    "avgpool_n{}",
    "lrelu02_n{}",
    "lrelu01_n{}",
    "linear_n{}",
)
CASES = [(name.format(size), size) for size in (7, 8) for name in PRIMITIVES]


def run(case, images, size, arrays):
    """What ours makes of `images`; `size` is that of the original's output."""
    kind, _, *options = case.split("_")
    if kind == "unpool":
        return upsample(images, "zero_insertion", "channels_last")
    if kind == "avgpool":
        return average_pool(images, "channels_last")
    if kind.startswith("lrelu"):
        return ops.leaky_relu(images, int(kind[-1]) / 10)
    factory = LayerFactory(NORMAL)
    inputs = keras.Input(images.shape[1:])
    if kind == "linear":
        outputs = factory.dense(factory.flatten(inputs), 5, "layer")
    else:
        kernel_size, strides = (int(option[1:]) for option in options[:2])
        if kind == "conv":
            outputs = factory.convolution(inputs, 4, kernel_size, "layer", strides)
        else:
            outputs = factory.transposed_convolution(
                inputs, 4, kernel_size, size, "layer", strides
            )
    model = keras.Model(inputs, outputs)
    kernel, bias = model.weights
    kernel.assign(arrays[f"var/{case}/kernel"])
    bias.assign(arrays[f"var/{case}/bias"])
    return model(images)


def test_every_array_has_a_case():
    arrays = golden.load("item3f_conv_primitives.npz")
    names = {name.removeprefix("y/") for name in arrays if name.startswith("y/")}
    assert names == {case for case, _ in CASES}


@pytest.mark.parametrize(("case", "size"), CASES)
def test_primitive_of_the_original(case, size):
    arrays = golden.load("item3f_conv_primitives.npz")
    images = ops.convert_to_tensor(arrays[f"x{size}"])
    expected = arrays[f"y/{case}"]
    assert_close(run(case, images, expected.shape[1], arrays), expected)
