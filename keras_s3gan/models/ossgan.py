"""OSSGAN: a conditional GAN whose discriminator sees soft labels."""

import keras
from keras import ops

from keras_s3gan.losses import (
    has_label,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
    normalized_entropy,
)
from keras_s3gan.models.gan import GAN


@keras.saving.register_keras_serializable("keras_s3gan")
class OSSGAN(GAN):
    """A conditional GAN that classifies, and knows how sure it is.

    A linear classifier on the discriminator's features gives each real image without a
    label its probabilities, as constants; the class projection takes these soft labels.
    The discriminator's loss has these terms, of real images x, generated images x̃ of
    the class c, and the labelled share r of the batch:

    `λ (CE(labelled x) + r CE(x̃, c) + w (H(x) + r H(x̃)))`

    CE is the cross-entropy, H the entropy of the probabilities in units of
    `log(num_classes)`. With w > 0 the classifier becomes sure of every image, which is
    right where each image is of one of the classes. The paper's setting, with images of
    other classes among those without a label, is w = -1: of those it stays unsure.

    Args:
        generator: `keras_s3gan.networks.Generator` with at least 2 classes.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images and
            classes.
        weight_class_loss: float, λ. Defaults to `0.4`.
        weight_entropy: float, w. Positive to minimise the entropy, negative to maximise
            it. Defaults to `1.0`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if there are fewer than 2 classes, or as in `GAN`.

    Example:
        >>> gan = OSSGAN(SmallGenerator(32, 1, 10), SmallDiscriminator(32, 1, 10))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, batch_size=64, epochs=10)  # -1: no label

    Reference:
        - Katsumata et al., 2022, https://arxiv.org/abs/2204.14249
    """

    def __init__(
        self,
        generator,
        discriminator,
        weight_class_loss=0.4,
        weight_entropy=1.0,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self.weight_class_loss = weight_class_loss
        self.weight_entropy = weight_entropy
        self.classifier = self._linear_head(self.num_classes, "classifier")
        self._add_metrics(
            *("class_loss", "class_loss_fake", "class_entropy", "class_accuracy"),
            "label_fraction",
        )

    def _check_networks(self, generator, discriminator):
        super()._check_networks(generator, discriminator)
        if generator.num_classes is None or generator.num_classes < 2:
            raise ValueError(
                "Soft labels need networks with at least 2 classes. "
                f"Received: num_classes={generator.num_classes}"
            )

    @property
    def heads(self):
        return [*super().heads, self.classifier]

    def discriminator_loss(self, real, fake):
        if real.num_labelled is None:
            # Once labels are imputed, every image has one.
            count = labelled_count(has_label(real.labels_one_hot))
            real = real._replace(num_labelled=count)
        return super().discriminator_loss(real, fake)

    def _logits(self, features, size):
        logits = self.classifier(features[:size], training=self.in_training)
        return ops.cast(logits, "float32")

    def _impute_labels(self, real, features):
        labels_one_hot, count = real.labels_one_hot, real.num_labelled
        label_mask = has_label(labels_one_hot)
        count = labelled_count(label_mask) if count is None else count
        logits = self._logits(features, labels_one_hot.shape[0])
        loss = labelled_cross_entropy(logits, labels_one_hot, label_mask, count)
        entropy = normalized_entropy(logits)
        correct = ops.argmax(logits, axis=-1) == ops.argmax(labels_one_hot, axis=-1)
        correct = labelled_mean(ops.cast(correct, "float32"), label_mask, count)
        values = {
            "class_loss": (loss, count),
            "class_entropy": entropy,
            "class_accuracy": (correct, count),
            "label_fraction": ops.mean(label_mask),
        }
        mask = label_mask[:, None]
        predicted = ops.stop_gradient(ops.softmax(logits))
        labels_one_hot = mask * labels_one_hot + (1.0 - mask) * predicted
        loss = self.weight_class_loss * (loss + self.weight_entropy * entropy)
        return labels_one_hot, loss, values

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        logits = self._logits(fake_features, fake.images.shape[0])
        loss = ops.mean(
            ops.categorical_crossentropy(fake.labels_one_hot, logits, from_logits=True)
        )
        labelled_share = real.num_labelled / real.images.shape[0]
        weight = self.conditional_weight * self.weight_class_loss * labelled_share
        total = loss + self.weight_entropy * normalized_entropy(logits)
        return weight * total, {"class_loss_fake": loss}

    def predict_labels(self, images, batch_size=64):
        """The most probable classes of images, by the classifier.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images per call of the network.

        Returns:
            int32 array `[N]`.
        """
        return self._predicted_classes(self.classifier, images, batch_size)

    def get_config(self):
        return {
            **super().get_config(),
            "weight_class_loss": self.weight_class_loss,
            "weight_entropy": self.weight_entropy,
        }
