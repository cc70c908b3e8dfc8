"""Arrays in, arrays out: what a trained GAN is asked for."""

import numpy as np
import pytest

from keras_s3gan.models import GAN
from tests.models.small import CLASSES, LATENT, compiled_gan
from tests.networks.architectures import discriminator_of, generator_of
from tests.tolerance import assert_close


def test_generate_repeats_itself_and_truncates():
    gan = compiled_gan()
    images = gan.generate([0, 1], seed=3)
    assert_close(gan.generate([0, 1], seed=3), images, 0)
    assert np.abs(gan.generate([0, 1], seed=4) - images).max() > 1e-4
    assert np.abs(gan.generate([0, 1], seed=3, truncation=0.3) - images).max() > 1e-4
    assert gan.sample_latents(5, seed=2).shape == (5, LATENT)
    with gan.standing_statistics(num_batches=2, batch_size=4):
        assert gan.has_standing_statistics()
        standing = gan.generate([0, 1], seed=3)
    assert not gan.has_standing_statistics()
    assert_close(gan.generate([0, 1], seed=3), images, 0)
    gan.update_standing_statistics(num_batches=2, batch_size=4)
    assert np.abs(gan.generate([0, 1], seed=3) - images).max() > 1e-4
    assert_close(gan.generate([0, 1], seed=3), standing, 0)


def test_a_generator_without_batch_normalization_has_no_standing_statistics():
    gan = GAN(generator_of("dcgan", normalization=None), discriminator_of("dcgan"))
    gan.update_standing_statistics()
    assert not gan.has_standing_statistics()


def test_labels_and_latents_for_generation_are_checked():
    gan = compiled_gan()
    with pytest.raises(ValueError, match="label=-1"):
        gan.generate([0, -1])
    with pytest.raises(ValueError, match=rf"labels\[0\]={CLASSES}"):
        gan.generate([CLASSES])
    with pytest.raises(ValueError, match=rf"\[1, {LATENT}\]"):
        gan.generate([0], latents=np.zeros((1, LATENT + 1)))
    with pytest.raises(ValueError, match="truncation=0"):
        gan.generate([0], truncation=0)


def test_weights_that_the_average_does_not_have_are_said():
    gan, other = compiled_gan(), compiled_gan()
    gan.generator.set_weights(other.generator.get_weights())
    with pytest.warns(UserWarning, match=r"call `reset_average\(\)`"):
        gan.generate([0])
    with pytest.warns(UserWarning, match=r"call `reset_average\(\)`"):
        gan.predict([0], verbose=0)
    gan.reset_average()
    images = gan.generate([0, 1], seed=0)
    assert_close(images, other.generate([0, 1], seed=0), 0)
