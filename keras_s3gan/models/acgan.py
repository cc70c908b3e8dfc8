"""AC-GAN: a conditional GAN with an auxiliary classifier."""

import keras
from keras import ops

from keras_s3gan.losses import (
    has_label,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
)
from keras_s3gan.models.gan import GAN


def check_classes(generator, discriminator):
    """Checks that a head can replace the class projection.

    Raises:
        ValueError: if the generator has no classes, or the discriminator has others.
    """
    classes, others = generator.num_classes, discriminator.num_classes
    if classes is None or others not in (None, classes):
        raise ValueError(
            "An auxiliary classifier needs a generator with `num_classes` and a "
            "discriminator with the same `num_classes` or with None. "
            f"Received: num_classes={classes} and num_classes={others}"
        )


@keras.saving.register_keras_serializable("keras_s3gan")
class ACGAN(GAN):
    """A conditional GAN whose discriminator also predicts the class.

    A linear classifier on the discriminator's features is trained on real and on
    generated images. The generator's loss includes the cross-entropy of the class that
    an image was generated for.

    Args:
        generator: `keras_s3gan.networks.Generator` with classes.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images, without
            classes: the classifier replaces the class projection. With classes, the
            same ones, there are both.
        weight_class_loss_real: float. In the discriminator's loss, over the labelled
            real images. Defaults to `1.0`.
        weight_class_loss_fake: float. In the discriminator's loss, over generated
            images; with 0 it is trained on real ones alone. Defaults to `1.0`.
        weight_class_loss_generator: float. In the generator's loss. Defaults to `1.0`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if the generator has no classes, the discriminator has others, or as
            in `GAN`.

    Example:
        >>> gan = ACGAN(SmallGenerator(32, 1, 10), SmallDiscriminator(32, 1))
        >>> gan.compile("adam", "adam", loss="non_saturating")
        >>> gan.fit(images, labels, batch_size=64, epochs=10)

    Reference:
        - Odena et al., 2017, https://arxiv.org/abs/1610.09585
    """

    shared_attributes = ("image_shape", "data_format")

    def __init__(
        self,
        generator,
        discriminator,
        weight_class_loss_real=1.0,
        weight_class_loss_fake=1.0,
        weight_class_loss_generator=1.0,
        **kwargs,
    ):
        super().__init__(generator, discriminator, **kwargs)
        self.weight_class_loss_real = weight_class_loss_real
        self.weight_class_loss_fake = weight_class_loss_fake
        self.weight_class_loss_generator = weight_class_loss_generator
        self.classifier = self._linear_head(self.num_classes, "classifier")
        self._add_metrics(
            "class_loss_real", "class_loss_fake", "class_accuracy", "label_fraction"
        )

    def _check_networks(self, generator, discriminator):
        super()._check_networks(generator, discriminator)
        check_classes(generator, discriminator)

    @property
    def heads(self):
        return [*super().heads, self.classifier]

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        size = real.labels_one_hot.shape[0]
        features = [real_features[:size], fake_features[: fake.images.shape[0]]]
        logits = self.classifier(ops.concatenate(features), training=self.in_training)
        real_logits, fake_logits = logits[:size], logits[size:]
        label_mask = has_label(real.labels_one_hot)
        count = real.num_labelled
        count = labelled_count(label_mask) if count is None else count
        real_loss = labelled_cross_entropy(
            real_logits, real.labels_one_hot, label_mask, count
        )
        fake_loss = _cross_entropy(fake_logits, fake.labels_one_hot)
        correct = ops.argmax(real_logits, -1) == ops.argmax(real.labels_one_hot, -1)
        accuracy = labelled_mean(ops.cast(correct, "float32"), label_mask, count)
        values = {
            "class_loss_real": (real_loss, count),
            "class_loss_fake": fake_loss,
            "class_accuracy": (accuracy, count),
            "label_fraction": ops.mean(label_mask),
        }
        fake_weight = self.conditional_weight * self.weight_class_loss_fake
        loss = self.weight_class_loss_real * real_loss + fake_weight * fake_loss
        return loss, values

    def _generator_heads(self, fake, features):
        features = features[: fake.images.shape[0]]
        logits = self.classifier(features, training=self.in_training)
        loss = _cross_entropy(logits, fake.labels_one_hot)
        return self.conditional_weight * self.weight_class_loss_generator * loss, {}

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
            "weight_class_loss_real": self.weight_class_loss_real,
            "weight_class_loss_fake": self.weight_class_loss_fake,
            "weight_class_loss_generator": self.weight_class_loss_generator,
        }


def _cross_entropy(logits, labels_one_hot):
    label_mask = ops.ones((labels_one_hot.shape[0],))
    return labelled_cross_entropy(logits, labels_one_hot, label_mask)
