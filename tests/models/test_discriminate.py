"""How real the discriminator finds images."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import ACGAN, S3GAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, LATENT, SIZE, data, make_gan
from tests.tolerance import assert_close

IMAGES, LABELS = data(10, labelled=1.0)


@pytest.fixture(scope="module")
def gan():
    return make_gan()


def expected(gan, labels=None):
    labels_one_hot = None if labels is None else ops.one_hot(labels, 3)
    return ops.convert_to_numpy(gan.discriminator(IMAGES, labels=labels_one_hot)[0])[
        :, 0
    ]


def test_logits_of_the_images_alone(gan):
    assert_close(gan.discriminate(IMAGES, batch_size=4), expected(gan), 1e-5)


def test_logits_of_images_of_their_classes(gan):
    found = gan.discriminate(IMAGES, LABELS, batch_size=4)
    assert_close(found, expected(gan, LABELS), 1e-5)
    assert np.abs(found - expected(gan)).max() > 1e-3


def test_logits_with_both_projections():
    gan = make_gan(project_given_labels=True)
    features = gan.discriminator(IMAGES)[1]
    labels_one_hot = ops.one_hot(LABELS, CLASSES)
    given = gan.given_label_projection(features, labels_one_hot)[:, 0]
    total = expected(gan, LABELS) + ops.convert_to_numpy(given)
    assert_close(gan.discriminate(IMAGES, LABELS), total, 1e-5)
    assert_close(gan.discriminate(IMAGES), expected(gan), 1e-5)


def test_a_discriminator_without_classes_leaves_labels_alone():
    gan = make_gan(model=ACGAN, projection=False)
    assert_close(gan.discriminate(IMAGES, LABELS), expected(gan), 1e-5)


def test_asking_again_compiles_nothing_and_moves_nothing(monkeypatch):
    """Where power iteration goes on at inference, as Compare GAN has it."""
    normalization = {"scheme": "spectral", "iterate_at_inference": True}
    shared = {"image_size": SIZE, "channels": 1, "num_classes": CLASSES}
    gan = S3GAN(
        SmallGenerator(latent_dim=LATENT, base_channels=2, **shared),
        SmallDiscriminator(
            base_channels=2, kernel_normalization=normalization, **shared
        ),
    )
    compiled, batched = [], backend.batched
    monkeypatch.setattr(
        backend, "batched", lambda *args: compiled.append(args) or batched(*args)
    )
    before = [ops.convert_to_numpy(variable) for variable in gan.variables]
    for _ in range(2):
        gan.discriminate(IMAGES)
        gan.discriminate(IMAGES, LABELS)
        gan.predict_labels(IMAGES)
    assert len(compiled) == 3
    for variable, value in zip(gan.variables, before, strict=True):
        assert_close(ops.convert_to_numpy(variable), value, 0, variable.path)


def test_labels_that_do_not_fit_are_named(gan):
    with pytest.raises(ValueError, match="10 images, 4 labels"):
        gan.discriminate(IMAGES, LABELS[:4])
