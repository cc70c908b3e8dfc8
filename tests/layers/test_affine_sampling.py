"""Resampling against SciPy, and its gradient against its transpose."""

import numpy as np
import pytest
from keras import ops
from scipy import ndimage

from keras_s3gan import backend
from keras_s3gan.layers.affine_sampling import sample_affine, take_pixels
from tests.tolerance import assert_close

RANDOM = np.random.default_rng(0)
SHAPE = (6, 7, 5, 2)
IMAGES = RANDOM.uniform(-1, 1, SHAPE).astype("float32")
# So large that many places lie outside, some of them by more than the image.
MAPS = RANDOM.normal(0, 1.5, (6, 2, 3)).astype("float32") * [1, 1, 4]
MAPS = MAPS.astype("float32")
# Shares are differences of places of up to 30, in float32.
EXACT = 1e-5


def by_scipy(image, matrix, mode):
    """One image, whose places count from its first pixel."""
    height, width, _ = image.shape
    y, x = np.indices((height, width)) - [[[(height - 1) / 2]], [[(width - 1) / 2]]]
    x, y = np.einsum("ij,jhw->ihw", matrix, np.stack([x, y, np.ones_like(x)]))
    places = [y + (height - 1) / 2, x + (width - 1) / 2]
    channels = np.moveaxis(image, -1, 0)
    return np.stack(
        [ndimage.map_coordinates(c, places, order=1, mode=mode) for c in channels], -1
    )


@pytest.mark.parametrize(("fill", "mode"), [("reflect", "mirror"), ("nearest",) * 2])
def test_values(fill, mode):
    found = sample_affine(
        ops.convert_to_tensor(IMAGES), ops.convert_to_tensor(MAPS), fill
    )
    pairs = zip(IMAGES.astype("float64"), MAPS.astype("float64"), strict=True)
    expected = [by_scipy(image, matrix, mode) for image, matrix in pairs]
    assert_close(found, np.stack(expected), EXACT)


def test_the_gradient_is_the_transpose_and_the_second_one_what_it_should_be():
    weights = RANDOM.normal(size=SHAPE).astype("float32")

    def sampled(images):
        return sample_affine(images, ops.convert_to_tensor(MAPS), "reflect")

    def loss(images):
        # The gradient of sum((A x)²) / 2 is Aᵀ A x.
        gradient = backend.input_gradient(
            lambda x: 0.5 * ops.square(sampled(x)), images
        )
        return ops.sum(gradient * ops.convert_to_tensor(weights)), gradient

    images = ops.convert_to_tensor(IMAGES)
    _, gradient, pull = backend.vjp(loss, [images])
    (second,), _ = pull(ops.ones(()))
    one, other = (
        ops.convert_to_numpy(sampled(x))
        for x in (images, ops.convert_to_tensor(weights))
    )
    # <Aᵀ A x, w> = <A x, A w> = <x, Aᵀ A w>.
    products = [
        np.sum(ops.convert_to_numpy(gradient) * weights),
        np.sum(IMAGES * ops.convert_to_numpy(second)),
    ]
    assert_close(np.array(products), np.full(2, np.sum(one * other)), 1e-4)


def test_pixels_of_places():
    rows, columns = RANDOM.integers(7, size=(6, 4)), RANDOM.integers(5, size=(6, 4))
    found = take_pixels(
        ops.convert_to_tensor(IMAGES),
        ops.convert_to_tensor(rows, "int32"),
        ops.convert_to_tensor(columns, "int32"),
    )
    assert_close(found, IMAGES[np.arange(6)[:, None], rows, columns], 0)
