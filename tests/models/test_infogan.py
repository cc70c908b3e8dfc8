"""InfoGAN: codes in latents, the loss by hand, and what the head reads."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import Batch, InfoGAN
from tests.models.coded import make
from tests.models.small import data, make_gan
from tests.tolerance import assert_close


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
