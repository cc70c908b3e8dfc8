"""How real the discriminator finds images."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import ACGAN
from tests.models.small import data, make_gan
from tests.tolerance import assert_close

IMAGES, LABELS = data(10, labelled=1.0)


@pytest.fixture(scope="module")
def gan():
    return make_gan()


def expected(gan, labels=None):
    rows = None if labels is None else ops.one_hot(labels, 3)
    return ops.convert_to_numpy(gan.discriminator(IMAGES, labels=rows)[0])[:, 0]


def test_logits_of_the_images_alone(gan):
    assert_close(gan.discriminate(IMAGES, batch_size=4), expected(gan), 1e-5)


def test_logits_of_images_of_their_classes(gan):
    found = gan.discriminate(IMAGES, LABELS, batch_size=4)
    assert_close(found, expected(gan, LABELS), 1e-5)
    assert np.abs(found - expected(gan)).max() > 1e-3


def test_a_discriminator_without_classes_leaves_labels_alone():
    gan = make_gan(model=ACGAN, projection=False)
    assert_close(gan.discriminate(IMAGES, LABELS), expected(gan), 1e-5)


def test_labels_that_do_not_fit_are_named(gan):
    with pytest.raises(ValueError, match="10 images, 4 labels"):
        gan.discriminate(IMAGES, LABELS[:4])
