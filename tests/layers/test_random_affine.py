"""Random shifts, turns and scalings, with the randomness taken out where it can be."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import RandomAffine
from tests.harness import check_layer
from tests.tolerance import assert_close

SIZE = 8
IMAGES = np.random.default_rng(0).uniform(-1, 1, (2, SIZE, SIZE, 3)).astype("float32")
# Interpolation weights are differences of places of up to 8, in float32.
EXACT = 1e-5


class Fixed(RandomAffine):
    """Every amount is the same share of its largest."""

    amount = 1.0

    def uniform(self, count, *limits):
        return ops.full((count,), self.amount)


def fixed(amount, **kwargs):
    layer = Fixed(**{"translation": 0.0, **kwargs})
    layer.amount = amount
    return layer


def augmented(layer, images=IMAGES):
    outputs = layer(ops.convert_to_tensor(images), training=True)
    return ops.convert_to_numpy(outputs)


def ramp(axis):
    """One image whose value is the place along an axis, about the center."""
    places = np.indices((SIZE, SIZE))[axis] - (SIZE - 1) / 2
    return places[None, :, :, None].astype("float32")


def test_keras_habits():
    check_layer(
        lambda **kwargs: RandomAffine(
            translation=0.2,
            rotation=20.0,
            zoom=0.1,
            horizontal_flip=True,
            seed=1,
            **kwargs,
        ),
        IMAGES,
        trainable=0,
    )


def test_inference_leaves_images_alone():
    layer = RandomAffine(0.5, 90.0, 0.5, horizontal_flip=True)
    assert_close(layer(ops.convert_to_tensor(IMAGES)), IMAGES, 0)


def test_without_amounts_training_leaves_images_alone():
    assert_close(augmented(RandomAffine(translation=0)), IMAGES, EXACT)


@pytest.mark.parametrize("pixels", [2, -2])
def test_a_shift_repeats_the_border(pixels):
    places = np.clip(np.arange(SIZE) + pixels, 0, SIZE - 1)
    shifted = augmented(fixed(np.sign(pixels), translation=abs(pixels) / SIZE))
    assert_close(shifted, IMAGES[:, places][:, :, places], EXACT)


@pytest.mark.parametrize("turns", [1, -1])
def test_a_turn_is_counter_clockwise(turns):
    expected = np.rot90(IMAGES, turns, axes=(1, 2))
    assert_close(augmented(fixed(turns, rotation=90.0)), expected, EXACT)


def test_a_turn_is_in_degrees():
    across, down = ramp(1), ramp(0)
    turned = augmented(fixed(1.0, rotation=30.0), across)
    expected = np.cos(np.pi / 6) * across - np.sin(np.pi / 6) * down
    # Corners come from outside of the image.
    inner = slice(2, -2)
    assert_close(turned[:, inner, inner], expected[:, inner, inner], EXACT)


@pytest.mark.parametrize("axis", [0, 1])
def test_a_zoom_is_about_the_center(axis):
    assert_close(augmented(fixed(-1.0, zoom=0.5), ramp(axis)), ramp(axis) / 2, EXACT)


def test_a_negative_draw_mirrors():
    mirrored = augmented(fixed(-1.0, horizontal_flip=True))
    assert_close(mirrored, IMAGES[:, :, ::-1], EXACT)


def test_a_turned_image_is_mirrored_as_a_whole():
    mirrored = augmented(fixed(-1.0, rotation=90.0, horizontal_flip=True))
    expected = np.rot90(IMAGES, -1, axes=(1, 2))[:, :, ::-1]
    assert_close(mirrored, expected, EXACT)


def test_shifts_along_the_axes_are_independent():
    places = np.concatenate([ramp(0), ramp(1)], axis=-1)
    moved = augmented(RandomAffine(translation=0.2, seed=0), places)
    down, right = moved[0, 4, 4] - places[0, 4, 4]
    assert 0 < abs(down) <= 0.2 * SIZE and 0 < abs(right) <= 0.2 * SIZE
    assert abs(down - right) > 0.01


def test_about_half_of_the_images_are_mirrored():
    images = np.repeat(ramp(1), 400, axis=0)
    layer = RandomAffine(translation=0, horizontal_flip=True, seed=0)
    left = augmented(layer, images)[:, 0, 0, 0]
    assert_close(np.abs(left), np.full(400, 3.5), EXACT)
    # Five standard deviations of 400 tosses are 50.
    assert abs(np.sum(left > 0) - 200) < 50


@pytest.mark.parametrize("name", ["translation", "rotation", "zoom"])
def test_each_image_gets_its_own_amount(name):
    images = np.repeat(IMAGES[:1], 8, axis=0)
    outputs = augmented(RandomAffine(**{"translation": 0, name: 0.9}, seed=0), images)
    assert len({image.tobytes() for image in outputs}) == 8


def test_each_call_draws_anew():
    layer = RandomAffine(seed=0)
    assert np.abs(augmented(layer) - augmented(layer)).max() > 0.1


def test_the_seed_decides():
    outputs = [augmented(RandomAffine(seed=seed)) for seed in (0, 0, 1)]
    assert_close(outputs[0], outputs[1], 0)
    assert np.abs(outputs[0] - outputs[2]).max() > 0.1


def test_channels_first_augments_alike():
    amounts = {"translation": 0.3, "rotation": 40.0, "zoom": 0.3, "seed": 0}
    last = augmented(RandomAffine(**amounts, data_format="channels_last"))
    turned = np.moveaxis(IMAGES, -1, 1).copy()
    first = augmented(RandomAffine(**amounts, data_format="channels_first"), turned)
    assert_close(np.moveaxis(first, 1, -1), last, EXACT)


def test_half_precision_is_that_of_the_result_alone():
    layer = RandomAffine(translation=0, rotation=30.0, seed=0, dtype="mixed_bfloat16")
    reference = RandomAffine(translation=0, rotation=30.0, seed=0)
    outputs = layer(ops.convert_to_tensor(IMAGES), training=True)
    assert keras.backend.standardize_dtype(outputs.dtype) == "bfloat16"
    # Images and result are rounded to 8 bits of mantissa, 2**-9 each.
    assert_close(ops.cast(outputs, "float32"), augmented(reference), 2**-8)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"translation": 1}, r"in \[0, 1\). Received: translation=1"),
        ({"translation": -0.1}, "Received: translation=-0.1"),
        ({"rotation": 180.1}, r"in \[0, 180\]. Received: rotation=180.1"),
        ({"zoom": 1.0}, r"in \[0, 1\). Received: zoom=1.0"),
        ({"data_format": "NHWC"}, "Received: data_format=NHWC"),
    ],
)
def test_wrong_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        RandomAffine(**arguments)
