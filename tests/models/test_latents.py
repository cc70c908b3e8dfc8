"""Distributions of latents: in training, in sampling, and under truncation."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy import stats

from keras_s3gan.models import GAN
from keras_s3gan.models.interpolation import interpolate_latents
from keras_s3gan.models.latents import Latents
from tests.models.small import LATENT, compiled_gan, data, make_gan
from tests.once import once
from tests.tolerance import assert_close

DISTRIBUTIONS = {
    "normal": stats.norm(),
    "uniform": stats.uniform(-1, 2),
    "truncated_normal": stats.truncnorm(-2, 2),
}


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_training_and_sampling_draw_from_it(name):
    latents = Latents(5, name)
    drawn = latents.draw(2000, keras.random.SeedGenerator(0))
    sampled = latents.sample(np.random.default_rng(0), 2000)
    assert sampled.dtype == "float32"
    entropy = 5 * DISTRIBUTIONS[name].entropy()
    assert latents.entropy == pytest.approx(entropy, rel=1e-12)
    for values in (ops.convert_to_numpy(drawn), sampled):
        assert values.shape == (2000, 5)
        # A seed that passes at 1 % passes for good.
        assert stats.kstest(values.ravel(), DISTRIBUTIONS[name].cdf).pvalue > 0.01


@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_truncation_is_the_distribution_within_a_range(name):
    whole, limit = DISTRIBUTIONS[name], 0.7
    values = Latents(5, name).sample(np.random.default_rng(1), 2000, limit)
    assert np.abs(values).max() <= limit
    low, high = whole.cdf(-limit), whole.cdf(limit)
    within = stats.kstest(values.ravel(), lambda x: (whole.cdf(x) - low) / (high - low))
    assert within.pvalue > 0.01


def test_samples_of_the_normal_distribution_are_those_of_numpy():
    gan = make_gan()
    expected = np.random.default_rng(7).standard_normal((3, LATENT)).astype("float32")
    assert_close(gan.sample_latents(3, seed=7), expected, 0)


@pytest.mark.parametrize(
    ("name", "truncation", "message"),
    [
        ("normal", 0, "must be positive. Received: truncation=0"),
        ("uniform", 1.5, r"at most 1. Received: truncation=1\.5"),
        ("truncated_normal", 3, "at most 2. Received: truncation=3"),
    ],
)
def test_truncation_that_changes_nothing_is_named(name, truncation, message):
    gan = make_gan(model=GAN, latent_distribution=name)
    with pytest.raises(ValueError, match=message):
        gan.generate([0], truncation=truncation)


def test_an_unknown_distribution_is_named():
    with pytest.raises(ValueError, match="latent_distribution=cauchy"):
        make_gan(latent_distribution="cauchy")


def test_a_gan_trains_and_samples_with_it():
    gan = compiled_gan(model=GAN, latent_distribution="uniform")
    latents = ops.convert_to_numpy(gan.random_latents(50))
    assert np.abs(latents).max() <= 1 and np.ptp(latents) > 1.5
    assert np.abs(gan.sample_latents(50)).max() <= 1
    inputs = gan._random_inputs(np.random.default_rng(0), 50)
    assert np.abs(inputs[0]).max() <= 1
    assert gan.get_config()["latent_distribution"] == "uniform"
    gan.fit(*data(8), batch_size=8, verbose=0)


@once("latents are interpolated by NumPy alone")
@pytest.mark.parametrize("name", DISTRIBUTIONS)
def test_what_lies_between_latents_could_have_been_drawn(name):
    gan = make_gan(latent_distribution=name)
    start, end = gan.sample_latents(2000).reshape(2, 1000, LATENT)
    path = gan.interpolate_latents(start, end, 7)
    assert path.shape == (1000, 7, LATENT) and path.dtype == np.float32
    arc = interpolate_latents(start, end, 7, "spherical")
    bound = Latents.bounds[name]
    assert np.abs(path).max() <= bound
    if name == "normal":
        np.testing.assert_array_equal(path, arc)
    elif name == "truncated_normal":
        within = np.abs(arc) <= bound
        assert not within.all()
        np.testing.assert_array_equal(path[within], arc[within])
    else:
        # On the arc some would be outside.
        assert (np.abs(arc) > bound).mean() > 0.01
        np.testing.assert_allclose(path[:, 3], (start + end) / 2, atol=1e-6)
        np.testing.assert_allclose(np.diff(path, 2, axis=1), 0, atol=1e-6)


@once("arguments are refused before a framework takes part")
def test_latents_to_interpolate_are_checked():
    gan = make_gan()
    with pytest.raises(ValueError, match=rf"`end` must be of shape \[\.\.\., {LATENT}"):
        gan.interpolate_latents(np.zeros(LATENT), np.zeros(LATENT + 1), 3)
    with pytest.raises(ValueError, match="steps=1"):
        gan.interpolate_latents(np.zeros(LATENT), np.zeros(LATENT), 1)
