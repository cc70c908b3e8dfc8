"""Self-attention: the original's numbers and Keras' habits."""

import numpy as np
import pytest

from keras_s3gan.layers import SelfAttention2D
from tests import golden
from tests.compare_gan import gradients_of
from tests.harness import check_layer
from tests.tolerance import assert_close

CASES = {
    "attn": None,
    "attn_sn_left": {"scheme": "spectral", "side": "left"},
    "attn_sn_auto": "spectral",
}
KERNELS = {
    "theta": "theta",
    "phi": "phi",
    "g": "g",
    "output_convolution": "attn_g",
}


@pytest.mark.parametrize("case", CASES)
def test_values_of_the_original(case):
    arrays = golden.load("item3d_layer_norm_attention.npz")
    layer = SelfAttention2D(kernel_normalization=CASES[case])
    layer.build(arrays[f"{case}/x"].shape)
    scope = "t/non_local_block/"
    layer.gate.assign(arrays[f"{case}/var/{scope}sigma"])
    names = {id(layer.gate): "sigma"}
    for ours, theirs in KERNELS.items():
        convolution, name = getattr(layer, ours), f"conv2d_{theirs}/kernel"
        if CASES[case] is not None:
            convolution.u.assign(arrays[f"{case}/var/{scope}{name}/u_var"])
            convolution = convolution.layer
        convolution.kernel.assign(arrays[f"{case}/var/{scope}{name}"])
        names[id(convolution.kernel)] = name

    outputs, to_inputs, gradients = gradients_of(
        layer, arrays[f"{case}/x"], arrays[f"{case}/c"]
    )
    assert_close(outputs, arrays[f"{case}/y"])
    assert_close(to_inputs, arrays[f"{case}/grad_x"])
    for weight in layer.trainable_variables:
        name = names[id(weight)]
        expected = arrays[f"{case}/grad/{scope}{name}"]
        assert_close(gradients[weight.path], expected, name=name)
    if CASES[case] is not None:
        for ours, theirs in KERNELS.items():
            after = arrays[f"{case}/var_after/{scope}conv2d_{theirs}/kernel/u_var"]
            assert_close(getattr(layer, ours).u, after, name=ours)


IMAGES = np.random.default_rng(0).standard_normal((3, 4, 6, 16)).astype("float32")


def test_keras_habits():
    check_layer(
        lambda **kwargs: SelfAttention2D(
            kernel_normalization={"scheme": "spectral", "side": "left"},
            gate_initializer="ones",
            **kwargs,
        ),
        IMAGES,
        trainable=5,
    )


def test_starts_as_identity():
    assert_close(SelfAttention2D()(IMAGES), IMAGES, 0)


@pytest.mark.parametrize("shape", [(2, 4, 4, 12), (2, 5, 4, 16)])
def test_shapes_that_do_not_divide_are_refused(shape):
    with pytest.raises(ValueError, match=f"shape \\({shape[0]}, {shape[1]}"):
        SelfAttention2D().build(shape)
