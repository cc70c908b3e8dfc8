"""SSGAN: a GAN whose discriminator also learns from rotations."""

import keras

from keras_s3gan import backend
from keras_s3gan.layers.rotation import NUM_ROTATIONS
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN
from keras_s3gan.validation import check_integer


@keras.saving.register_keras_serializable("keras_s3gan")
class SSGAN(SelfSupervisedGAN):
    """A GAN, with classes or without, whose discriminator tells rotations apart.

    The discriminator sees real, rotated real, generated and rotated generated images in
    one call, learns the rotation of real images, and the generator is rewarded for
    images whose rotation can be seen. Rotated images take no part in the game, so their
    labels do not matter.

    Args:
        generator, discriminator: as in `GAN`.
        rotated_batch_size: int, a multiple of 4, and of 4 times as many as there are
            replicas and accumulated pieces. Images of each kind in the rotation loss of
            an update: a quarter as many images in all four rotations. Defaults to `16`.
        self_supervision: `"rotation_gan"`; `"rotation_only"` for the rotation losses
            alone, without the game of the two networks; or `None` for a plain GAN.
            Defaults to `"rotation_gan"`.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        **kwargs: as in `GAN`.

    Raises:
        ValueError: if an argument is out of range, or a penalty is asked for without
            the game. In training: if a batch has too few images to rotate.

    Example:
        >>> gan = SSGAN(SmallGenerator(32), SmallDiscriminator(32))
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
                "Where rotations alone are learned a penalty has no place. "
                f"Received: self_supervision={self_supervision}, penalty={self.penalty}"
            )
        self.rotated_batch_size = rotated_batch_size

    @property
    def adversarial(self):
        return self.self_supervision != "rotation_only"

    def _check_rows(self, rows):
        super()._check_rows(rows)
        if not self.self_supervision:
            return
        parts = self._parts_of_an_update()
        if self.rotated_batch_size % (NUM_ROTATIONS * parts):
            raise ValueError(
                "Each of the parts that an update's images come in, by devices and by "
                f"gradient accumulation, has rotated images: with {parts} parts "
                f"`rotated_batch_size` must be a multiple of {NUM_ROTATIONS * parts}. "
                f"Received: rotated_batch_size={self.rotated_batch_size}"
            )
        batch = rows // self.discriminator_steps // self.accumulated_batches
        if self._rotated_count(batch) > batch:
            raise ValueError(
                "A batch must hold a quarter of rotated_batch_size="
                f"{self.rotated_batch_size} images. Received: batch_size={batch}"
            )

    def _rotated_count(self, batch_size):
        return self.rotated_batch_size // NUM_ROTATIONS // self._parts_of_an_update()

    def _parts_of_an_update(self):
        return backend.replica_count() * self.accumulated_batches

    def get_config(self):
        return {**super().get_config(), "rotated_batch_size": self.rotated_batch_size}
