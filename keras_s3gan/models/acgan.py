"""AC-GAN: a conditional GAN by an auxiliary classifier."""

import keras
from keras import ops

from keras_s3gan.losses import (
    has_label,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
)
from keras_s3gan.models.gan import GAN


@keras.saving.register_keras_serializable("keras_s3gan")
class ACGAN(GAN):
    """A conditional GAN whose discriminator also tells classes apart.

    A linear classifier on the discriminator's features learns the classes of real and
    of generated images, and the generator is rewarded for images of the class that was
    asked for.

    Args:
        generator: `keras_s3gan.networks.Generator` with classes.
        discriminator: `keras_s3gan.networks.Discriminator` for the same images, without
            classes: the classifier takes the place of the projection. One with the same
            classes has both.
        weight_class_loss_real: float. In the discriminator's loss, over the labelled
            real images. Defaults to `1.0`.
        weight_class_loss_fake: float. In the discriminator's loss, over generated
            images; 0 leaves the classifier to real ones. Defaults to `1.0`.
        weight_class_loss_generator: float. In the generator's loss. Defaults to `1.0`.
        **kwargs: as in `GAN`.

    Raises:
        ValueError: if the generator has no classes, the discriminator has others, or as
            in `GAN`.

    Example:
        >>> gan = ACGAN(SmallGenerator(32, num_classes=10), SmallDiscriminator(32))
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
        self._track_also(
            "class_loss_real", "class_loss_fake", "class_accuracy", "label_fraction"
        )

    def _check_networks(self, generator, discriminator):
        super()._check_networks(generator, discriminator)
        classes, others = generator.num_classes, discriminator.num_classes
        if classes is None or others not in (None, classes):
            raise ValueError(
                "An auxiliary classifier needs a generator with `num_classes` and a "
                "discriminator with none or as many. "
                f"Received: num_classes={classes} and num_classes={others}"
            )

    @property
    def heads(self):
        return [*super().heads, self.classifier]

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        count = real.rows.shape[0]
        features = [real_features[:count], fake_features[: fake.rows.shape[0]]]
        logits = self.classifier(ops.concatenate(features), training=True)
        available = has_label(real.rows)
        labelled = labelled_count(available) if real.labelled is None else real.labelled
        of_real = labelled_cross_entropy(logits[:count], real.rows, available, labelled)
        of_fake = _cross_entropy(logits[count:], fake.rows)
        correct = ops.argmax(logits[:count], -1) == ops.argmax(real.rows, -1)
        accuracy = labelled_mean(ops.cast(correct, "float32"), available, labelled)
        values = {
            "class_loss_real": (of_real, labelled),
            "class_loss_fake": of_fake,
            "class_accuracy": (accuracy, labelled),
            "label_fraction": ops.mean(available),
        }
        loss = (
            self.weight_class_loss_real * of_real
            + self.weight_class_loss_fake * of_fake
        )
        return loss, values

    def _generator_heads(self, fake, features):
        upright = features[: fake.rows.shape[0]]
        loss = _cross_entropy(self.classifier(upright, training=True), fake.rows)
        return self.weight_class_loss_generator * loss, {}

    def predict_labels(self, images, batch_size=64):
        """The classes that the classifier sees in images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images at a time.

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


def _cross_entropy(logits, rows):
    return labelled_cross_entropy(logits, rows, ops.ones((rows.shape[0],)))
