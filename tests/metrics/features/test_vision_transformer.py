"""The parts of a vision transformer; whole ones are in test_dinov2 and test_clip."""

import keras
import numpy as np
import pytest

from keras_s3gan.metrics.features.vision_transformer import (
    Affine,
    Normalization,
    TransformerWeights,
    build_vision_transformer,
    quick_gelu,
    resized_positions,
)
from tests.once import once
from tests.tolerance import assert_close


@once("NumPy alone, beside PyTorch")
@pytest.mark.parametrize("size", [5, 16, 40])
@pytest.mark.parametrize("offset", [0.0, 0.1])
def test_positions_are_resized_as_in_pytorch(size, offset):
    import torch

    positions = np.random.default_rng(0).normal(size=(1 + 37**2, 3))
    grid = torch.from_numpy(positions[1:].reshape(1, 37, 37, 3).transpose(0, 3, 1, 2))
    scale = (size + offset) / 37
    theirs = torch.nn.functional.interpolate(
        grid, scale_factor=(scale, scale), mode="bicubic"
    )
    expected = theirs.numpy()[0].transpose(1, 2, 0).reshape(size * size, 3)
    found = resized_positions(positions, size, offset)
    assert_close(found[1:], expected, 1e-10)
    np.testing.assert_array_equal(found[0], positions[0])
    assert resized_positions(positions, 37, offset) is positions


def test_quick_gelu():
    x = np.array([-2.0, 0.0, 3.0], "float32")
    assert_close(
        quick_gelu(keras.ops.convert_to_tensor(x)), x / (1 + np.exp(-1.702 * x)), 1e-6
    )


@once("shapes of arrays")
def test_arrays_that_do_not_fit():
    norm = Normalization(np.ones(4), np.zeros(4))
    patches = Affine(np.zeros((4, 3, 2, 2)), np.zeros(4))
    weights = TransformerWeights(patches, np.zeros((5, 4)), None, [], norm, None)
    model = build_vision_transformer(weights, 4, 1, 1e-6, quick_gelu)
    assert model.output_shape == (None, 4)
    wrong = weights._replace(positions=np.zeros((7, 4)))
    with pytest.raises(ValueError, match=r"\(7, 4\).*for positions.*\(5, 4\)"):
        build_vision_transformer(wrong, 4, 1, 1e-6, quick_gelu)
