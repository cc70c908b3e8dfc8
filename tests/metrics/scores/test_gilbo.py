"""The bound on what an image tells of its latent."""

import numpy as np
import pytest

from keras_s3gan.metrics import gilbo

DIM = 2
ENTROPY = DIM / 2 * np.log(2 * np.pi * np.e)


def draw(random, count):
    return random.standard_normal((count, DIM))


def painted(noise):
    """Two halves as bright as the two entries of the latent, with noise added."""

    def generate(latents, seed):
        images = np.repeat(latents[:, None, :, None], 8, axis=1).repeat(4, axis=2)
        random = np.random.default_rng(seed)
        # One draw for a half: an average over pixels must not undo it.
        draws = random.standard_normal(latents.shape)[:, None, :, None].repeat(4, 2)
        return (images + noise * draws).astype("float32")

    return generate


def test_noise_limits_the_information():
    """A normal channel tells log(1 + 1 / σ²) / 2 of each entry, and no more."""
    found = gilbo(painted(0.5), draw, ENTROPY, steps=400, evaluated=2000)
    truth = DIM / 2 * np.log(1 + 1 / 0.5**2)
    assert 0.85 * truth < found["value"] < truth + 3 * found["standard_error"]
    assert (found["n_trained"], found["n_evaluated"]) == (400 * 64, 2000)


def test_an_image_of_nothing_tells_nothing():
    found = gilbo(
        lambda latents, seed: np.zeros((len(latents), 8, 8, 1), "float32"),
        draw,
        ENTROPY,
        steps=20,
        evaluated=1000,
    )
    assert abs(found["value"]) < 0.1 + 3 * found["standard_error"]


@pytest.mark.parametrize("name", ["steps", "evaluated", "batch_size"])
def test_wrong_numbers_are_named(name):
    with pytest.raises(ValueError, match=f"Received: {name}=0"):
        gilbo(painted(0), draw, ENTROPY, **{name: 0})
