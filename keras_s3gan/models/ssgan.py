"""SSGAN: a GAN whose discriminator also predicts rotations."""

import keras

from keras_s3gan import backend
from keras_s3gan.layers.rotation import NUM_ROTATIONS
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN
from keras_s3gan.validation import check_integer


@keras.saving.register_keras_serializable("keras_s3gan")
class SSGAN(SelfSupervisedGAN):
    """A GAN, with or without classes, whose discriminator also predicts rotations.

    One call of the discriminator takes real, rotated real, generated and rotated
    generated images. The rotation loss of real images is part of the discriminator's
    loss, that of generated images part of the generator's. Rotated images have no
    adversarial loss, so their labels are not used.

    Args:
        generator, discriminator: as in `GAN`.
        rotated_batch_size: int, a multiple of 4 × replicas × microbatches per update.
            Number of real, and of generated, images in the rotation loss of one update.
            They are a quarter as many different images, each in all four rotations.
            Defaults to `16`.
        self_supervision: `"rotation_gan"`; `"rotation_only"` for the rotation losses
            alone, without adversarial losses; or `None` for a plain GAN.
            Defaults to `"rotation_gan"`.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if an argument is out of range, or there is a penalty but no
            adversarial loss. In training: if a batch has too few images to rotate.

    Example:
        >>> gan = SSGAN(SmallGenerator(32, 1), SmallDiscriminator(32, 1))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, batch_size=64, epochs=10)

    Reference:
        - Chen et al., 2019, https://arxiv.org/abs/1811.11212
    """

    self_supervisions = ("rotation_gan", "rotation_only", None)

    def __init__(
        self,
        generator,
        discriminator,
        rotated_batch_size=16,
        self_supervision="rotation_gan",
        weight_rotation_loss_discriminator=1.0,
        weight_rotation_loss_generator=0.2,
        **kwargs,
    ):
        check_integer("rotated_batch_size", rotated_batch_size, NUM_ROTATIONS)
        if rotated_batch_size % NUM_ROTATIONS:
            raise ValueError(
                f"`rotated_batch_size` must be a multiple of {NUM_ROTATIONS}. "
                f"Received: rotated_batch_size={rotated_batch_size}"
            )
        super().__init__(
            generator,
            discriminator,
            self_supervision,
            weight_rotation_loss_discriminator,
            weight_rotation_loss_generator,
            **kwargs,
        )
        if self.penalty is not None and not self.adversarial:
            raise ValueError(
                "With rotation losses alone there can be no penalty. "
                f"Received: self_supervision={self_supervision}, penalty={self.penalty}"
            )
        self.rotated_batch_size = rotated_batch_size

    @property
    def adversarial(self):
        return self.self_supervision != "rotation_only"

    def _check_batch_size(self, num_images):
        super()._check_batch_size(num_images)
        if not self.self_supervision:
            return
        parts = self._parts_per_update()
        if self.rotated_batch_size % (NUM_ROTATIONS * parts):
            raise ValueError(
                "Every replica has rotated images in every microbatch: with "
                f"{parts} parts per update "
                f"`rotated_batch_size` must be a multiple of {NUM_ROTATIONS * parts}. "
                f"Received: rotated_batch_size={self.rotated_batch_size}"
            )
        batch = num_images // self.discriminator_steps // self.accumulated_batches
        if self._rotated_count(batch) > batch:
            raise ValueError(
                "A batch must hold a quarter of rotated_batch_size="
                f"{self.rotated_batch_size} images. Received: batch_size={batch}"
            )

    def _rotated_count(self, batch_size):
        return self.rotated_batch_size // NUM_ROTATIONS // self._parts_per_update()

    def _parts_per_update(self):
        return backend.replica_count() * self.accumulated_batches

    def get_config(self):
        return {**super().get_config(), "rotated_batch_size": self.rotated_batch_size}
