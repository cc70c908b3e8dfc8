"""Networks of Compare GAN."""

import pytest

from keras_s3gan.experiment.recipe.compare_gan import translate
from tests.experiment.recipe.compare_gan.theirs import CONDITIONAL, PLAIN, bound
from tests.once import once

pytestmark = once("Gin and Python alone")


@pytest.mark.parametrize(("blocks", "numbers"), [("B2,B3", "(2, 3)"), ("", "()")])
def test_blocks_with_attention(blocks, numbers):
    text = CONDITIONAL + f'resnet_biggan.Generator.blocks_with_attention = "{blocks}"\n'
    ours = translate(text)
    assert bound(ours, "BigGANGenerator.attention_blocks") == numbers
    assert bound(ours, "BigGANDiscriminator.attention_blocks") == "(1,)"


def test_layer_normalization_takes_the_place_of_batch_normalization():
    ours = translate(PLAIN + "D.layer_norm = True\n")
    assert bound(ours, "ResNetDiscriminator.normalization") == "'layer'"
    assert "'batch'" in bound(ours, "ResNetGenerator.normalization")
