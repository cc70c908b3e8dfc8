"""What the GANs with a rotation head share."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.layers import AdaptiveAugmentation, rotations
from keras_s3gan.models import S3GAN, SSGAN
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN
from tests.models.small import data, make_gan
from tests.once import once
from tests.tolerance import assert_close

ROTATED = {S3GAN: {"rotated_batch_fraction": 2}, SSGAN: {"rotated_batch_size": 16}}


@pytest.mark.parametrize("model", ROTATED)
def test_the_head_reads_four_rotations_of_the_last_images(model):
    gan = make_gan(model=model, **ROTATED[model])
    assert gan.rotation_head in gan.heads
    images = ops.convert_to_tensor(data(8)[0])
    shown = ops.convert_to_numpy(gan._discriminator_inputs(images))
    count = gan._rotated_count(8)
    assert len(shown) == 8 + 3 * count
    assert_close(shown[8:], rotations(images[-count:], unrotated=False), 0)
    features = ops.ones((len(shown), gan.discriminator.feature_dim))
    loss, accuracy = gan._rotation_loss(features, 8)
    # One and the same prediction for every rotation is right for a quarter.
    assert ops.convert_to_numpy(loss) >= np.log(4) - 1e-6
    assert ops.convert_to_numpy(accuracy) == 0.25


@pytest.mark.parametrize("model", ROTATED)
def test_without_self_supervision_images_stay_as_they_are(model):
    gan = make_gan(model=model, self_supervision=None)
    images = ops.convert_to_tensor(data(8)[0])
    assert gan._discriminator_inputs(images) is images
    assert gan.rotation_head is None
    assert not any("rotation" in name for name in gan.metric_names)


def test_the_configuration_has_the_weights_of_its_losses():
    weights = {
        "weight_rotation_loss_discriminator": 0.5,
        "weight_rotation_loss_generator": 0.3,
    }
    config = make_gan(**weights).get_config()
    assert {name: config[name] for name in weights} == weights
    assert config["self_supervision"] == "rotation"


def test_a_subclass_says_how_many_images_are_rotated():
    gan = make_gan(model=SelfSupervisedGAN)
    with pytest.raises(TypeError, match="must define `_rotated_count`"):
        gan._discriminator_inputs(ops.convert_to_tensor(data(8)[0]))


@once("a check of arguments")
def test_images_that_turn_have_no_rotation_to_predict():
    for operations, rotation in ((["quarter_turns"], 180), (["rotation"], 45)):
        augmentation = AdaptiveAugmentation(operations, rotation=rotation)
        with pytest.raises(ValueError, match="leave out quarter turns"):
            make_gan(augmentation=augmentation)
        make_gan(augmentation=augmentation, self_supervision=None)
    make_gan(augmentation=AdaptiveAugmentation(["flip", "rotation"], rotation=20))
