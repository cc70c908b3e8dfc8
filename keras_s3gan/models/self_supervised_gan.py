"""What the GANs with a rotation head share."""

from keras import ops

from keras_s3gan.layers import rotation
from keras_s3gan.losses import rotation_cross_entropy
from keras_s3gan.models.gan import GAN
from keras_s3gan.networks.normalization import over_the_batch


class SelfSupervisedGAN(GAN):
    """Base of the GANs with a rotation head.

    The discriminator's input is a batch followed by rotated copies of its last images.
    A subclass defines `_rotated_count`, the number of images that are rotated, and
    `self_supervisions`, the allowed values of the argument.

    Args:
        generator, discriminator: as in `GAN`.
        self_supervision: one of `self_supervisions`; `None` for no rotation head.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if `self_supervision` has no allowed value, or as in `GAN`.

    Reference:
        - Chen et al., 2019, https://arxiv.org/abs/1811.11212
    """

    self_supervisions: tuple[str | None, ...] = ("rotation", None)

    def __init__(
        self,
        generator,
        discriminator,
        self_supervision="rotation",
        weight_rotation_loss_discriminator=1.0,
        weight_rotation_loss_generator=0.2,
        **kwargs,
    ):
        if self_supervision not in self.self_supervisions:
            raise ValueError(
                f"`self_supervision` must be one of {self.self_supervisions}. "
                f"Received: self_supervision={self_supervision}"
            )
        super().__init__(generator, discriminator, **kwargs)
        if self_supervision and getattr(self.augmentation, "turns", False):
            raise ValueError(
                "Rotations cannot be predicted of images that are turned at random: "
                "leave out quarter turns, and rotations from 45 degrees on. "
                f"Received: augmentation={self.augmentation}"
            )
        self.self_supervision = self_supervision
        self.weight_rotation_loss_discriminator = weight_rotation_loss_discriminator
        self.weight_rotation_loss_generator = weight_rotation_loss_generator
        self.rotation_head = None
        if self_supervision:
            # The discriminator's loss has no term for rotated generated images. They
            # matter to it only where the moments of a batch are part of the network.
            self._rotates_detached = over_the_batch(
                getattr(discriminator, "normalization", None)
            )
            self.rotation_head = rotation.RotationHead(
                discriminator.kernel_normalization,
                dtype=discriminator.dtype_policy,
                name="rotation_head",
            )
            self.rotation_head.build((None, discriminator.feature_dim))
            self._add_metrics(
                "rotation_loss_real", "rotation_loss_fake", "rotation_accuracy"
            )

    @property
    def heads(self):
        return [*super().heads, *([self.rotation_head] if self.rotation_head else [])]

    def _rotated_count(self, batch_size):
        """How many images of a batch are used in all four rotations."""
        raise TypeError(f"{type(self).__name__} must define `_rotated_count`.")

    def _rotated_in(self, batch_size):
        return self._rotated_count(batch_size) if self.in_training else batch_size

    def _discriminator_inputs(self, images):
        if not self.self_supervision:
            return images
        last = images[-self._rotated_in(images.shape[0]) :]
        rotated = rotation.rotations(
            last, unrotated=False, data_format=self.data_format
        )
        return ops.concatenate([images, rotated])

    def _detached_discriminator_inputs(self, images):
        if self.self_supervision and self._rotates_detached:
            return self._discriminator_inputs(images)
        return images

    def _rotation_loss(self, features, batch_size):
        """Loss and accuracy, from the features of `_discriminator_inputs`."""
        count = self._rotated_in(batch_size)
        rotated = features[-rotation.NUM_ROTATIONS * count :]
        logits = self.rotation_head(rotated, training=self.in_training)
        labels = rotation.rotation_labels(count)
        correct = ops.cast(ops.argmax(logits, axis=-1), "int32") == labels
        return rotation_cross_entropy(logits, labels), ops.mean(
            ops.cast(correct, "float32")
        )

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        loss, values = super()._discriminator_heads(
            real, fake, real_features, fake_features
        )
        if not self.self_supervision:
            return loss, values
        rotation_loss, accuracy = self._rotation_loss(
            real_features, real.images.shape[0]
        )
        values["rotation_loss_real"] = rotation_loss
        values["rotation_accuracy"] = accuracy
        return loss + self.weight_rotation_loss_discriminator * rotation_loss, values

    def _generator_heads(self, fake, features):
        loss, values = super()._generator_heads(fake, features)
        if not self.self_supervision:
            return loss, values
        rotation_loss, _ = self._rotation_loss(features, fake.images.shape[0])
        values["rotation_loss_fake"] = rotation_loss
        return loss + self.weight_rotation_loss_generator * rotation_loss, values

    def get_config(self):
        return {
            **super().get_config(),
            "self_supervision": self.self_supervision,
            "weight_rotation_loss_discriminator": (
                self.weight_rotation_loss_discriminator
            ),
            "weight_rotation_loss_generator": self.weight_rotation_loss_generator,
        }
