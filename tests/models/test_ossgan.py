"""OSSGAN: its losses by hand, and what fits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.models import OSSGAN, Batch
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, SIZE, data, make_gan
from tests.once import once
from tests.tolerance import assert_close


def log_probabilities(gan, images):
    features = gan.discriminator(images, training=True)[1]
    logits = ops.convert_to_numpy(gan.classifier(features, training=True))
    logits = logits - logits.max(axis=1, keepdims=True)
    return logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))


def cross_entropy(labels_one_hot, logarithms):
    return -np.sum(labels_one_hot * logarithms, axis=1)


@pytest.mark.parametrize(
    "weight_entropy",
    [1.0, pytest.param(-0.5, marks=once("a factor is the same everywhere"))],
)
def test_losses(weight_entropy):
    # The vectors of spectral normalization would move between two looks.
    gan = OSSGAN(
        SmallGenerator(SIZE, 1, CLASSES, latent_dim=2, base_channels=2),
        SmallDiscriminator(
            SIZE, 1, CLASSES, base_channels=2, kernel_normalization=None
        ),
        weight_class_loss=0.3,
        weight_entropy=weight_entropy,
    )
    gan.compile()
    images = ops.convert_to_tensor(data(8)[0])
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0, 1, 2, 0, 1]]
    labels_one_hot[1] = 0  # no label
    real = Batch(images[:4], ops.convert_to_tensor(labels_one_hot[:4]))
    fake = Batch(images[4:], ops.convert_to_tensor(labels_one_hot[4:]))
    of_real, of_fake = (log_probabilities(gan, x) for x in (images[:4], images[4:]))
    filled = labels_one_hot.copy()
    filled[1] = np.exp(of_real[1])
    logits = [
        gan.discriminator(x, labels=ops.convert_to_tensor(labels), training=True)[0]
        for x, labels in ((images[:4], filled[:4]), (images[4:], filled[4:]))
    ]

    loss, values = gan.discriminator_loss(real, fake)
    labelled = cross_entropy(labels_one_hot[:4], of_real)[[0, 2, 3]].mean()
    generated = cross_entropy(labels_one_hot[4:], of_fake).mean()
    entropies = [
        cross_entropy(np.exp(x), x).mean() / np.log(CLASSES) for x in (of_real, of_fake)
    ]
    assert_close(values["class_loss"][0], labelled, 1e-5)
    assert_close(values["class_loss"][1], np.array(3.0), 0)
    assert_close(values["class_loss_fake"], generated, 1e-5)
    assert_close(values["class_entropy"], entropies[0], 1e-5)
    assert_close(values["label_fraction"], np.array(0.75), 0)
    game = ops.convert_to_numpy(gan.adversarial_loss.discriminator(*logits))
    terms = labelled + 0.75 * generated
    terms += weight_entropy * (entropies[0] + 0.75 * entropies[1])
    assert_close(loss, game + 0.3 * terms, 1e-5)

    # The classifier is no part of the generator's loss.
    loss, _ = gan.generator_loss(fake, real)
    assert_close(loss, gan.adversarial_loss.generator(logits[1]), 1e-5)


@once("the sum of microbatches is the same everywhere")
def test_microbatches_with_different_numbers_of_labels():
    """The labelled share and the mean over labelled images are those of the batch."""
    gan = make_gan(model=OSSGAN)
    gan.compile()
    images = ops.convert_to_tensor(data(8)[0])
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0, 1, 2, 0, 1]]
    labels_one_hot[[1, 2, 3]] = 0
    labels_one_hot = ops.convert_to_tensor(labels_one_hot)
    fake = Batch(images, ops.zeros_like(labels_one_hot) + labels_one_hot[0])
    gan.in_training = False  # power iteration would move
    whole, _ = gan.discriminator_loss(Batch(images, labels_one_hot), fake)
    parts = [
        gan.discriminator_loss(
            Batch(images[part], labels_one_hot[part], num_labelled=2.5),
            Batch(fake.images[part], fake.labels_one_hot[part]),
        )[0]
        for part in (slice(4), slice(4, None))
    ]
    assert_close(sum(parts) / 2, ops.convert_to_numpy(whole), 1e-5)


def test_classes_of_images_can_be_asked_for():
    gan = make_gan(model=OSSGAN)
    images, _ = data(10)
    labels = gan.predict_labels(images, batch_size=4)
    expected = gan.classifier(gan.discriminator(images)[1])
    np.testing.assert_array_equal(
        labels, ops.convert_to_numpy(expected).argmax(axis=-1)
    )


@pytest.mark.parametrize("num_classes", [None, 1])
def test_soft_labels_need_classes(num_classes):
    with pytest.raises(ValueError, match=f"2 classes. .*num_classes={num_classes}$"):
        make_gan(model=OSSGAN, num_classes=num_classes)
