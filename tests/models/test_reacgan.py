"""ReACGAN: which images are in its losses, and what fits."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan.losses import data_to_data_cross_entropy
from keras_s3gan.models import Batch, ReACGAN
from keras_s3gan.networks import SmallDiscriminator, SmallGenerator
from tests.models.small import CLASSES, SIZE, data, make_gan
from tests.tolerance import assert_close


@pytest.fixture(scope="module")
def gan():
    # The vectors of spectral normalization would move between two looks.
    gan = ReACGAN(
        SmallGenerator(SIZE, 1, CLASSES, latent_dim=2, base_channels=2),
        SmallDiscriminator(SIZE, 1, base_channels=2, kernel_normalization=None),
        weight_class_loss=0.25,
        margin=0.9,
        temperature=0.3,
        embedding_dim=5,
    )
    gan.compile()
    return gan


def by_hand(gan, images, labels_one_hot):
    features = gan.discriminator(images, training=True)[1]
    return data_to_data_cross_entropy(
        features @ gan.image_embedding.kernel + gan.image_embedding.bias,
        ops.matmul(labels_one_hot, gan.class_proxies.kernel),
        labels_one_hot,
        0.9,
        0.3,
    )


def test_losses(gan):
    images = ops.convert_to_tensor(data(8)[0])
    labels_one_hot = np.eye(CLASSES, dtype="float32")[[0, 1, 2, 0, 1, 2, 0, 1]]
    labels_one_hot[1] = 0  # no label
    labels_one_hot = ops.convert_to_tensor(labels_one_hot)
    real = Batch(images[:4], labels_one_hot[:4])
    fake = Batch(images[4:], labels_one_hot[4:])
    logits = [
        gan.discriminator(batch.images, training=True)[0] for batch in (real, fake)
    ]

    loss, values = gan.discriminator_loss(real, fake)
    expected = by_hand(gan, real.images, real.labels_one_hot)
    assert_close(values["class_loss_real"][0], expected, 1e-5)
    assert_close(values["class_loss_real"][1], np.array(3.0), 0)
    assert_close(values["label_fraction"], np.array(0.75), 0)
    game = gan.adversarial_loss.discriminator(*logits)
    assert_close(loss, game + 0.25 * expected, 1e-5)

    loss, values = gan.generator_loss(fake, real)
    expected = by_hand(gan, fake.images, fake.labels_one_hot)
    assert_close(values["class_loss_fake"], expected, 1e-5)
    game = gan.adversarial_loss.generator(logits[1])
    assert_close(loss, game + 0.25 * expected, 1e-5)


def test_the_nearest_proxy_is_the_class_of_an_image(gan):
    images, _ = data(10)
    # Length does not matter.
    gan.class_proxies.kernel.assign(gan.class_proxies.kernel * [[1], [50], [0.1]])
    features = gan.discriminator(images)[1]
    embeddings = ops.convert_to_numpy(gan.image_embedding(features))
    proxies = ops.convert_to_numpy(gan.class_proxies.kernel)
    similarities = embeddings @ (proxies / np.linalg.norm(proxies, axis=1)[:, None]).T
    labels = gan.predict_labels(images, batch_size=4)
    np.testing.assert_array_equal(labels, similarities.argmax(axis=1))
    assert labels.dtype == np.int32


@pytest.mark.parametrize(("ours", "theirs"), [(None, None), (CLASSES, CLASSES + 1)])
def test_networks_that_do_not_fit_are_named(ours, theirs):
    with pytest.raises(ValueError, match=f"={ours} and num_classes={theirs}"):
        ReACGAN(SmallGenerator(SIZE, 1, ours), SmallDiscriminator(SIZE, 1, theirs))


@pytest.mark.parametrize(
    ("name", "value"),
    [("margin", 1.5), ("margin", -0.1), ("temperature", 0), ("embedding_dim", 0)],
)
def test_wrong_arguments_are_named(name, value):
    with pytest.raises(ValueError, match=f"Received: {name}={value}"):
        make_gan(model=ReACGAN, **{name: value})
