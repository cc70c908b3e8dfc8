"""Models of Compare GAN."""

from keras_s3gan.experiment.recipe.compare_gan import translate
from tests.experiment.recipe.compare_gan.theirs import PLAIN, bound
from tests.once import once

pytestmark = once("Gin and Python alone")


def test_a_gradient_penalty_is_that_of_images_in_the_unit_range():
    text = PLAIN.replace("@no_penalty", "@wgangp_penalty") + "options.lamba = 10\n"
    ours = translate(text)
    assert bound(ours, "GAN.penalty_weight") == "40.0"
    assert "'target': 0.5" in bound(ours, "GAN.penalty")
    ours = translate(PLAIN.replace("@no_penalty", "@l2_penalty"))
    assert bound(ours, "GAN.penalty_weight") == "1"


def test_ssgan():
    text = PLAIN.replace("@GPUModularGAN", "@SSGAN") + "SSGAN.rotated_batch_size = 16\n"
    ours = translate(text)
    assert bound(ours, "train.model") == "@SSGAN"
    assert bound(ours, "SSGAN.rotated_batch_size") == "16"
    assert bound(ours, "SSGAN.weight_rotation_loss_generator") == "0.2"
