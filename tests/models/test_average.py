"""The averaged generator: a copy of its own that follows the generator."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import GAN, Cosine
from tests.models.small import compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close


def test_average_starts_as_a_copy_of_its_own():
    gan = compiled_gan()
    pairs = zip(gan.generator.weights, gan.ema_generator.weights, strict=True)
    for weight, average in pairs:
        before = ops.convert_to_numpy(average).copy()
        np.testing.assert_array_equal(before, ops.convert_to_numpy(weight))
        weight.assign(weight + 3)
        np.testing.assert_array_equal(ops.convert_to_numpy(average), before)


def test_average_follows_the_generator():
    gan = compiled_gan(ema_decay=0.5, ema_start_step=2)
    images, labels = data(8)
    pairs = list(zip(gan.generator.weights, gan.ema_generator.weights, strict=True))
    for step in (1, 2, 3):
        old = [ops.convert_to_numpy(average).copy() for _, average in pairs]
        gan.train_on_batch(images, labels)
        for (weight, average), start in zip(pairs, old, strict=True):
            weight = ops.convert_to_numpy(weight)
            moves = step > 2 and "moving" not in average.path
            if moves and "standing" not in average.path:
                weight = 0.5 * start + 0.5 * weight
            assert_close(average, weight, 1e-6, name=f"{step} {average.path}")


def decays(count, images, **kwargs):
    gan = make_gan(model=GAN, **kwargs)
    found = []
    for step in range(count):
        gan.steps.assign(step)
        found.append(float(ops.convert_to_numpy(gan._average_decay(images))))
    return np.array(found)


def test_a_half_life_in_images():
    found = decays(5, 16, ema_half_life=64)
    assert_close(found, np.full(5, 0.5**0.25), 1e-6)
    # Over four steps of 16 images a weight halves.
    assert_close(np.prod(found[:4]), 0.5, 1e-6)


def test_the_half_life_warms_up():
    half_lives = np.minimum(64, 0.25 * 16 * np.arange(30))
    expected = np.where(half_lives > 0, 0.5 ** (16 / np.maximum(half_lives, 1)), 0)
    assert_close(decays(30, 16, ema_half_life=64, ema_warm_up=0.25), expected, 1e-6)
    started = decays(30, 16, ema_half_life=64, ema_warm_up=0.25, ema_start_step=20)
    assert_close(started, np.where(np.arange(30) < 20, 0, expected), 1e-6)


def test_the_half_life_may_follow_a_schedule():
    half_lives = 32 * (1 - np.cos(np.pi * np.minimum(np.arange(6) / 4, 1)))
    expected = np.append(0, 0.5 ** (16 / half_lives[1:]))
    assert_close(decays(6, 16, ema_half_life=Cosine(0.0, 64.0, 4)), expected, 1e-6)


def test_a_step_counts_all_its_images():
    gan = compiled_gan(model=GAN, discriminator_steps=2, ema_half_life=16)
    start = [ops.convert_to_numpy(mean).copy() for mean, _ in gan.averaged_weights]
    gan.train_on_batch(*data(16))
    for (mean, weight), before in zip(gan.averaged_weights, start, strict=True):
        expected = (before + ops.convert_to_numpy(weight)) / 2
        assert_close(mean, expected, 1e-6, mean.path)


def test_averages_of_a_width_are_those_of_their_formula():
    """Of width 0.25 by hand: the exponent that has it, and each step's weight."""
    gan = compiled_gan(model=GAN, post_hoc_widths=(0.25,))
    seen = []
    for seed in range(3):
        gan.train_on_batch(*data(8, seed=seed))
        seen.append(
            [ops.convert_to_numpy(v) for v in gan.generator.trainable_variables]
        )
    power = 1.719824  # γ + 1, of γ³ + 7 γ² = 4
    ends = (np.arange(4) / 3) ** power
    for index, mean in enumerate(gan.power_averages[0]):
        expected = sum(w * s[index] for w, s in zip(np.diff(ends), seen, strict=True))
        assert_close(mean, expected, 1e-5)


@once("no framework takes part")
@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ema_half_life": -1}, "ema_half_life=-1"),
        ({"ema_half_life": "10k"}, "ema_half_life='10k'"),
        ({"ema_half_life": 10, "ema_warm_up": -0.1}, "ema_warm_up=-0.1"),
        ({"ema_warm_up": 0.1}, "ema_half_life=None"),
        ({"post_hoc_widths": (0.0,)}, "post_hoc_widths=0.0"),
        ({"post_hoc_widths": (0.3,)}, "post_hoc_widths=0.3"),
        ({"post_hoc_widths": (0.1, 0.1)}, r"post_hoc_widths=\(0.1, 0.1\)"),
    ],
)
def test_wrong_arguments(wrong, message):
    with pytest.raises(ValueError, match=f"Received: .*{message}"):
        make_gan(model=GAN, **wrong)
