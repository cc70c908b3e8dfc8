"""InfoGAN: codes in latents, the loss by hand, and what the head reads."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import Batch, InfoGAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import SIZE, data, make_gan
from tests.once import once
from tests.tolerance import assert_close

# Noise of 3, a category of 2, one of 3, and 2 numbers.
CODES = {"categorical_codes": (2, 3), "continuous_codes": 2}
LATENT = 10


def make(latent_dim=LATENT, kernel_normalization="spectral", **kwargs):
    return InfoGAN(
        SmallGenerator(SIZE, 1, latent_dim=latent_dim, base_channels=2),
        SmallDiscriminator(
            SIZE, 1, base_channels=2, kernel_normalization=kernel_normalization
        ),
        **{**CODES, "seed": 0, "hidden_units": 8, **kwargs},
    )


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


def test_losses():
    gan = make(
        kernel_normalization=None, weight_categorical=0.5, weight_continuous=0.25
    )
    gan.compile()
    images = ops.convert_to_tensor(data(8)[0])
    latents = gan.sample_latents(4)
    real = Batch(images[:4])
    fake = Batch(images[4:], None, ops.convert_to_tensor(latents))
    logits, features = gan.discriminator(images, training=True)
    read = ops.convert_to_numpy(gan.code_head(features[4:], training=True))
    read = read.astype("float64")
    entropy = 0.0
    for start, stop in ((0, 2), (2, 5)):
        known = latents[:, 3 + start : 3 + stop]
        likelihood = np.exp(read[:, start:stop])
        likelihood /= likelihood.sum(axis=1, keepdims=True)
        entropy -= np.mean(np.log(np.sum(likelihood * known, axis=1)))
    error = 0.5 * np.mean(np.sum((read[:, 5:] - latents[:, 8:]) ** 2, axis=1))
    expected = 0.5 * entropy + 0.25 * error

    loss, _ = gan.discriminator_loss(real, fake)
    game = gan.adversarial_loss.discriminator(logits[:4], logits[4:])
    assert_close(loss, ops.convert_to_numpy(game) + expected, 1e-5)
    loss, values = gan.generator_loss(fake, real)
    game = gan.adversarial_loss.generator(logits[4:])
    assert_close(loss, ops.convert_to_numpy(game) + expected, 1e-5)
    assert_close(values["categorical_code_loss"], np.array(entropy), 1e-5)
    assert_close(values["continuous_code_loss"], np.array(error), 1e-5)
    correct = [
        read[:, a:b].argmax(1) == latents[:, 3 + a : 3 + b].argmax(1)
        for a, b in ((0, 2), (2, 5))
    ]
    assert_close(values["categorical_code_accuracy"], np.mean(correct), 1e-6)


def test_generator_and_head_learn_to_write_and_read_the_code():
    gan = make_gan(
        model=InfoGAN,
        num_classes=None,
        categorical_codes=(2,),
        continuous_codes=0,
        weight_categorical=5.0,
    )
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01))
    images, _ = data(32)
    losses = gan.fit(images, batch_size=8, epochs=8, verbose=0).history
    entropy = losses["categorical_code_loss"]
    assert "continuous_code_loss" not in losses
    assert entropy[-1] < 0.75 * entropy[0]


def test_codes_of_images_can_be_asked_for():
    gan = make()
    images, _ = data(10)
    categories, numbers = gan.predict_codes(images, batch_size=4)
    outputs = ops.convert_to_numpy(gan.code_head(gan.discriminator(images)[1]))
    assert (categories.dtype, numbers.dtype) == ("int32", "float32")
    np.testing.assert_array_equal(categories[:, 0], outputs[:, :2].argmax(1))
    np.testing.assert_array_equal(categories[:, 1], outputs[:, 2:5].argmax(1))
    assert_close(numbers, outputs[:, 5:], 1e-5)
    only_numbers = make(categorical_codes=()).predict_codes(images)
    assert [part.shape for part in only_numbers] == [(10, 0), (10, 2)]


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"latent_dim": 6}, "latent_dim=6"),
        ({"categorical_codes": (), "continuous_codes": 0}, "continuous_codes=0"),
        ({"categorical_codes": (1,)}, "categorical_codes=1"),
        ({"continuous_codes": -1}, "continuous_codes=-1"),
    ],
)
def test_codes_that_cannot_be_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make(**kwargs)


@pytest.mark.parametrize(
    ("kwargs", "message"),
    [
        ({"categories": [0, 3]}, r"categories=\[0, 3\]"),
        ({"categories": [0]}, r"categories of shape \(1,\)"),
        ({"categories": [0.5, 1.0]}, "dtype float64"),
        ({"continuous": np.zeros((4, 2))}, r"shape \(4, 2\)"),
    ],
)
def test_codes_of_another_shape_are_named(kwargs, message):
    with pytest.raises(ValueError, match=message):
        make().sample_latents(3, **kwargs)


@once
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
