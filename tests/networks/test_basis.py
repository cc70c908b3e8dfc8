"""Learnt images of each channel, against their formulas."""

import numpy as np
from keras import ops

from keras_s3gan.networks.basis import DiscriminativeBasis, GenerativeBasis
from tests.harness import check_layer
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
VECTORS = RANDOM.standard_normal((4, 3)).astype("float32")
IMAGES = RANDOM.standard_normal((4, 2, 5, 3)).astype("float32")


def test_from_vectors_to_images():
    check_layer(lambda **kwargs: GenerativeBasis(2, **kwargs), VECTORS, trainable=1)
    layer = GenerativeBasis(2, "channels_last")
    images = layer(VECTORS)
    basis = ops.convert_to_numpy(layer.basis)
    assert_close(images, np.einsum("nc,hwc->nhwc", VECTORS, basis), 1e-6)


def test_from_images_to_vectors():
    check_layer(DiscriminativeBasis, IMAGES, trainable=1)
    layer = DiscriminativeBasis("channels_last")
    vectors = layer(IMAGES)
    basis = ops.convert_to_numpy(layer.basis)
    assert_close(vectors, np.einsum("nhwc,hwc->nc", IMAGES, basis), 1e-6)
