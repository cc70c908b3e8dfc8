"""Latents that hold a code."""

import numpy as np
from keras import ops

from tests.models.coded import LATENT, make
from tests.once import once
from tests.tolerance import assert_close


def check_codes(latents):
    """Every row is a code; returns categories and numbers."""
    first, second, numbers = latents[:, 3:5], latents[:, 5:8], latents[:, 8:]
    for rows in (first, second):
        assert set(np.unique(rows)) == {0, 1} and (rows.sum(axis=1) == 1).all()
    assert np.abs(numbers).max() <= 1
    return np.stack([first.argmax(1), second.argmax(1)], axis=1), numbers


def test_latents_hold_a_code():
    gan = make()
    for latents in (
        ops.convert_to_numpy(gan.random_latents(300)),
        gan.sample_latents(300),
        gan._random_inputs(np.random.default_rng(0), 300)[0],
    ):
        assert latents.shape == (300, LATENT)
        categories, numbers = check_codes(latents)
        assert set(categories[:, 1]) == {0, 1, 2}
        assert np.ptp(numbers) > 1.9 and np.ptp(latents[:, :3]) > 4


def test_a_code_can_be_chosen_and_only_noise_is_truncated():
    gan = make()
    latents = gan.sample_latents(3, categories=[1, 2], continuous=[0.5, 3.0])
    assert_close(latents[:, 3:], np.tile([0, 1, 0, 0, 1, 0.5, 3.0], (3, 1)), 0)
    categories = [[0, 0], [1, 1], [0, 2]]
    latents = gan.sample_latents(3, categories=categories)
    np.testing.assert_array_equal(check_codes(latents)[0], categories)
    # Noise and numbers stay those of the seed.
    assert_close(latents[:, :3], gan.sample_latents(3)[:, :3], 0)
    assert_close(latents[:, 8:], gan.sample_latents(3)[:, 8:], 0)
    latents = gan._latents.sample(np.random.default_rng(0), 200, truncation=0.1)
    assert np.abs(latents[:, :3]).max() <= 0.1 < np.abs(check_codes(latents)[1]).max()


@once("latents are drawn and interpolated by NumPy alone")
def test_on_the_way_between_codes_every_latent_holds_a_code():
    gan = make(latent_distribution="uniform")
    start, end = gan.sample_latents(2), gan.sample_latents(2, seed=1)
    path = gan.interpolate_latents(start, end, 5)
    assert path.shape == (2, 5, LATENT) and path.dtype == np.float32
    categories, numbers = check_codes(path.reshape(10, LATENT))
    ends = [check_codes(latents)[0] for latents in (start, end)]
    halves = np.stack([ends[0]] * 3 + [ends[1]] * 2, axis=1)
    np.testing.assert_array_equal(categories.reshape(2, 5, 2), halves)
    middle = numbers.reshape(2, 5, 2)[:, 2]
    assert_close(middle, (start + end)[:, -2:] / 2, 1e-5)
    assert_close(path[:, 2, :3], (start + end)[:, :3] / 2, 1e-5)
    assert_close(path[:, [0, -1]], np.stack([start, end], axis=1), 1e-6)
