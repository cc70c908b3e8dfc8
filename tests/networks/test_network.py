"""What the networks have in common."""

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from keras_s3gan.networks.network import check_choice, halvings


def test_sizes_are_halved_and_rounded_up():
    assert halvings(28, 3) == [28, 14, 7, 4]
    assert halvings(8, 3) == [8, 4, 2, 1]
    with pytest.raises(ValueError, match="at least 8. Received: image_size=7"):
        halvings(7, 3)


def test_a_choice_is_named():
    assert check_choice("kind", "b", ("b", "a")) == "b"
    with pytest.raises(ValueError, match=r"`kind`.*\['a', 'b'\]. Received: kind=c"):
        check_choice("kind", "c", ("b", "a"))


def test_arguments_are_attributes_and_the_configuration():
    generator = SmallGenerator(8, 1, 3, latent_dim=4, base_channels=2, name="one")
    assert (generator.latent_dim, generator.num_classes) == (4, 3)
    assert generator.image_shape == (8, 8, 1)
    config = generator.get_config()
    assert (config["latent_dim"], config["name"]) == (4, "one")
    again = SmallGenerator.from_config(config)
    assert again.get_config() == config
    assert [w.shape for w in again.weights] == [w.shape for w in generator.weights]


def test_inputs_are_latents_and_labels_where_there_are_classes():
    latents, labels = ops.zeros((2, 4)), ops.zeros((2, 3))
    conditional = SmallGenerator(8, 1, 3, latent_dim=4, base_channels=2)
    assert len(conditional.generator_inputs(latents, labels)) == 2
    assert len(conditional.inputs) == 2
    unconditional = SmallGenerator(8, 1, latent_dim=4, base_channels=2)
    assert len(unconditional.generator_inputs(latents, labels)) == 1
    assert len(unconditional.inputs) == 1


def test_a_discriminator_of_images_in_the_unit_range(tmp_path):
    discriminator = SmallDiscriminator(8, 1, 3, base_channels=2, image_range=[0, 1])
    assert discriminator.image_range == (0.0, 1.0)
    again = SmallDiscriminator.from_config(discriminator.get_config())
    assert again.get_config() == discriminator.get_config()
    discriminator.save(tmp_path / "discriminator.keras")
    loaded = keras.saving.load_model(tmp_path / "discriminator.keras")
    assert loaded.image_range == (0.0, 1.0)
    images = np.random.default_rng(0).uniform(-1, 1, (2, 8, 8, 1)).astype("float32")
    np.testing.assert_array_equal(
        *(ops.convert_to_numpy(one(images)[0]) for one in (discriminator, loaded))
    )


@pytest.mark.parametrize("image_range", [(0, 255), "unit", 1, (0, 1, 2)])
def test_another_range_of_images_is_named(image_range):
    with pytest.raises(ValueError, match=r"\(0.0, 1.0\)\]. Received: image_range="):
        SmallDiscriminator(8, 1, image_range=image_range)


def test_a_discriminator_has_a_logit_and_features_of_an_image():
    discriminator = SmallDiscriminator(8, 1, 3, base_channels=2)
    images, labels = np.zeros((2, 8, 8, 1), "float32"), np.eye(3, dtype="float32")[:2]
    logits, features = discriminator(images, labels=labels)
    assert discriminator.image_shape == (8, 8, 1)
    assert logits.shape == (2, 1)
    assert features.shape == (2, discriminator.feature_dim)
    shapes = discriminator.compute_output_shape((2, 8, 8, 1), (2, 3))
    assert keras.tree.flatten(shapes) == [2, 1, 2, discriminator.feature_dim]
