"""Quarter turns, their labels, and the head."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import RotationHead, rotate, rotation_labels, rotations
from tests import golden
from tests.harness import check_layer
from tests.tolerance import assert_close

IMAGES = np.random.default_rng(0).standard_normal((2, 5, 5, 3)).astype("float32")


def test_rotations_of_the_original():
    arrays = golden.load("item6_rotate_images.npz")
    images = ops.convert_to_tensor(arrays["x"])
    assert_close(rotations(images), arrays["rotated_0123"], 0)
    assert_close(rotations(images, unrotated=False), arrays["rotated_123"], 0)


@pytest.mark.parametrize("turns", range(-1, 6))
def test_turns_are_those_of_numpy(turns):
    expected = np.rot90(IMAGES, turns, axes=(1, 2))
    assert_close(rotate(ops.convert_to_tensor(IMAGES), turns), expected, 0)
    first = ops.convert_to_tensor(np.moveaxis(IMAGES, -1, 1).copy())
    turned = rotate(first, turns, "channels_first")
    assert_close(turned, np.moveaxis(expected, -1, 1), 0)


def test_labels_count_turns_group_by_group():
    labels = ops.convert_to_numpy(rotation_labels(3))
    assert labels.tolist() == [0] * 3 + [1] * 3 + [2] * 3 + [3] * 3


def test_only_square_images_turn():
    with pytest.raises(ValueError, match=r"\(2, 5, 4, 3\)"):
        rotations(ops.convert_to_tensor(IMAGES[:, :, :4]))


def test_keras_habits_of_the_head():
    features = IMAGES.reshape(-1, 15)
    check_layer(
        lambda **kwargs: RotationHead(kernel_normalization="spectral", **kwargs),
        features,
        formats=(),
        trainable=2,
    )
