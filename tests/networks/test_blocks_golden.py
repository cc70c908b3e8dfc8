"""Residual blocks: outputs, gradients and states of the original."""

import numpy as np
import pytest

from keras_s3gan.networks import BottleneckBlock, ResidualBlock
from tests import golden
from tests.compare_gan import (
    Naming,
    arrays_under,
    assign_all,
    gradients_of,
    original_name,
)
from tests.tolerance import assert_close

# What the original does and this package offers by argument.
SPECTRAL = {
    "kernel_normalization": {
        "scheme": "spectral",
        "side": "left",
        "iterate_at_inference": True,
    }
}
CONDITIONAL = {"normalization": {"scheme": "conditional_batch", "unit_gain": False}}
UP = {"resampling": "up", "upsampling": "zero_insertion"}
DOWN = {"resampling": "down"}
WIDE_SHORTCUT = {"shortcut_kernel_size": 3}
CASES = {
    "resnet_gen_up_bn": (
        ResidualBlock,
        {**UP, **WIDE_SHORTCUT, "normalization": "batch"},
    ),
    "resnet_disc_down_sn": (ResidualBlock, {**DOWN, **WIDE_SHORTCUT, **SPECTRAL}),
    "resnet_disc_down_ln": (
        ResidualBlock,
        {**DOWN, **WIDE_SHORTCUT, "normalization": "layer"},
    ),
    "biggan_gen_up_cbn_sn": (ResidualBlock, {**UP, **CONDITIONAL, **SPECTRAL}),
    "biggan_disc_down_sn": (ResidualBlock, {**DOWN, **SPECTRAL, "shortcut": "none"}),
    "biggan_disc_down_noshortcut": (ResidualBlock, {**SPECTRAL, "shortcut": "none"}),
    "bigdeep_gen_up": (BottleneckBlock, {**UP, **CONDITIONAL, **SPECTRAL}),
    "bigdeep_gen_none": (BottleneckBlock, {**CONDITIONAL, **SPECTRAL}),
    "bigdeep_disc_down": (BottleneckBlock, {**DOWN, **SPECTRAL}),
}


@pytest.mark.parametrize("case", CASES)
def test_block_of_the_original(case):
    arrays = arrays_under(golden.load("item3g_blocks.npz"), f"{case}/")
    block, arguments = CASES[case]
    layer = block(arrays["out"].shape[-1], **arguments, name="block_1")
    conditions = [arrays["y"]] if layer.conditional else []
    layer.build(arrays["x"].shape, *[condition.shape for condition in conditions])
    naming = Naming(
        "t",
        (layer.resampling,),
        normalization="ln" if layer.normalization == "layer" else "bn",
        bottleneck=block is BottleneckBlock,
    )
    assign_all(layer, arrays, naming)

    outputs, to_inputs, gradients = gradients_of(
        layer, arrays["x"], arrays["c"], *conditions
    )
    assert_close(outputs, arrays["out"], name="outputs")
    assert_close(to_inputs, arrays["grad_x"], name="gradient of inputs")
    expected = arrays_under(arrays, "grad/")
    assert len(expected) == len(gradients)
    largest = max(np.abs(value).max() for value in expected.values())
    weights = {original_name(weight, naming): weight for weight in layer.weights}
    for name, value in expected.items():
        # A bias in front of a batch normalization has no gradient but rounding.
        scale = np.abs(value).max()
        if scale < 1e-6 * largest:
            value = np.zeros_like(value)
        assert_close(gradients[weights[name].path], value, name=f"gradient of {name}")

    states = arrays_under(arrays, "var_after/")
    assert len(states) == sum(
        "standing" not in w.path for w in layer.non_trainable_weights
    )
    for name, value in states.items():
        assert_close(weights[name], value, name=f"{name} after")
