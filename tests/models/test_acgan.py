"""AC-GAN: its losses by hand, and what fits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import ACGAN, Batch
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, SIZE, compiled_gan, data, make_gan
from tests.tolerance import assert_close


def entropy(gan, images, labels_one_hot):
    features = gan.discriminator(images, training=True)[1]
    logits = ops.convert_to_numpy(gan.classifier(features, training=True))
    logits = logits - logits.max(axis=1, keepdims=True)
    logarithms = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    return -np.sum(labels_one_hot * logarithms, axis=1)


@pytest.mark.parametrize("projection", [True, False])
def test_losses(projection):
    # The vectors of spectral normalization would move between two looks.
    gan = ACGAN(
        SmallGenerator(SIZE, 1, CLASSES, latent_dim=2, base_channels=2),
        SmallDiscriminator(
            SIZE,
            1,
            CLASSES if projection else None,
            base_channels=2,
            kernel_normalization=None,
        ),
        weight_class_loss_real=0.5,
        weight_class_loss_fake=0.25,
        weight_class_loss_generator=0.75,
    )
    gan.compile()
    images = ops.convert_to_tensor(data(8)[0])
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0, 1, 2, 0, 1]]
    labels_one_hot[1] = labels_one_hot[2] = 0  # no label
    real = Batch(images[:4], ops.convert_to_tensor(labels_one_hot[:4]))
    fake = Batch(images[4:], ops.convert_to_tensor(labels_one_hot[4:]))
    logits = []
    for batch in (real, fake):
        labels = batch.labels_one_hot if projection else None
        logits.append(gan.discriminator(batch.images, labels=labels, training=True)[0])

    loss, values = gan.discriminator_loss(real, fake)
    of_real = entropy(gan, images[:4], labels_one_hot[:4])[[0, 3]].mean()
    of_fake = entropy(gan, images[4:], labels_one_hot[4:]).mean()
    assert_close(values["class_loss_real"][0], of_real, 1e-5)
    assert_close(values["class_loss_real"][1], np.array(2.0), 0)
    assert_close(values["class_loss_fake"], of_fake, 1e-5)
    assert_close(values["label_fraction"], np.array(0.5), 0)
    game = ops.convert_to_numpy(gan.adversarial_loss.discriminator(*logits))
    assert_close(loss, game + 0.5 * of_real + 0.25 * of_fake, 1e-5)

    loss, _ = gan.generator_loss(fake, real)
    game = ops.convert_to_numpy(gan.adversarial_loss.generator(logits[1]))
    assert_close(loss, game + 0.75 * of_fake, 1e-5)


def test_a_batch_without_labels_teaches_the_classifier_nothing_of_real_images():
    gan = compiled_gan(model=ACGAN, projection=False, weight_class_loss_fake=0.0)
    images = ops.convert_to_tensor(data(8)[0])
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0]]
    real = Batch(images[:4], ops.zeros((4, CLASSES)))
    fake = Batch(images[4:], ops.convert_to_tensor(labels_one_hot))
    _, gradients = backend.value_and_grad(
        lambda: gan.discriminator_loss(real, fake),
        gan.classifier.trainable_variables,
        gan.variables,
    )
    for gradient in gradients:
        assert_close(gradient, np.zeros(gradient.shape), 0)


@pytest.mark.parametrize("penalty", ["r1", "wasserstein_gradient_penalty"])
def test_penalties_leave_the_labels_to_the_classifier(penalty):
    gan = compiled_gan(model=ACGAN, projection=False, penalty=penalty)
    history = gan.fit(*data(8), batch_size=8, verbose=0).history
    assert history["penalty"][0] > 0


def test_classes_of_images_can_be_asked_for():
    gan = make_gan(model=ACGAN, projection=False)
    images, _ = data(10)
    labels = gan.predict_labels(images, batch_size=4)
    expected = gan.classifier(gan.discriminator(images)[1])
    np.testing.assert_array_equal(
        labels, ops.convert_to_numpy(expected).argmax(axis=-1)
    )
    assert labels.dtype == np.int32


@pytest.mark.parametrize(("ours", "theirs"), [(None, None), (CLASSES, CLASSES + 1)])
def test_networks_that_do_not_fit_are_named(ours, theirs):
    with pytest.raises(ValueError, match=f"={ours} and num_classes={theirs}"):
        ACGAN(SmallGenerator(SIZE, 1, ours), SmallDiscriminator(SIZE, 1, theirs))
