"""S3GAN: a conditional GAN trained with few labels."""

import keras
from keras import ops

from keras_s3gan.layers import rotation
from keras_s3gan.losses import (
    has_label,
    labelled_count,
    labelled_cross_entropy,
    labelled_mean,
)
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN

_PREDICTORS = ("hard", "soft", None)


@keras.saving.register_keras_serializable("keras_s3gan")
class S3GAN(SelfSupervisedGAN):
    """A conditional GAN that infers missing labels and recognises rotations.

    One call of the discriminator sees real, rotated real, generated and rotated
    generated images. Its features feed a projection on the class, a classifier of the
    rotation and, for co-training, a classifier of the class, whose prediction stands in
    for the label where there is none. Without self-supervision, predictor and missing
    labels this is plain BigGAN training.

    Args:
        generator, discriminator: as in `GAN`.
        self_supervision: `"rotation"` or `None`.
        rotated_batch_fraction: int >= 1. Of a batch of b images, b / fraction go into
            the rotation loss: b / fraction / 4 images in all four rotations. Defaults
            to `2`.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        predictor: `"hard"` to stand in the most probable class for a missing label,
            `"soft"` the probabilities, `None` for no predictor.
        weight_class_loss: float. On labelled real images. Defaults to `1.0`.
        **kwargs: as in `GAN`.

    Raises:
        ValueError: if an argument is out of range, or a predictor is asked for without
            classes. In training: if the batch is not a multiple of
            4 × `rotated_batch_fraction`.

    Reference:
        - Lucic et al., 2019, https://arxiv.org/abs/1903.02271
    """

    def __init__(
        self,
        generator,
        discriminator,
        self_supervision="rotation",
        rotated_batch_fraction=2,
        weight_rotation_loss_discriminator=1.0,
        weight_rotation_loss_generator=0.2,
        predictor="hard",
        weight_class_loss=1.0,
        **kwargs,
    ):
        if predictor not in _PREDICTORS:
            raise ValueError(
                f"`predictor` must be one of {_PREDICTORS}. "
                f"Received: predictor={predictor}"
            )
        if predictor and generator.num_classes is None:
            raise ValueError(
                "A predictor needs networks with `num_classes`. "
                f"Received: predictor={predictor}, num_classes=None"
            )
        if rotated_batch_fraction < 1:
            raise ValueError(
                "`rotated_batch_fraction` must be at least 1. "
                f"Received: rotated_batch_fraction={rotated_batch_fraction}"
            )
        super().__init__(
            generator,
            discriminator,
            self_supervision,
            weight_rotation_loss_discriminator,
            weight_rotation_loss_generator,
            **kwargs,
        )
        self.rotated_batch_fraction = rotated_batch_fraction
        self.predictor = predictor
        self.weight_class_loss = weight_class_loss
        self.class_predictor = None
        if predictor:
            self.class_predictor = self._linear_head(
                self.num_classes, "class_predictor"
            )
            self._track_also("class_loss", "class_accuracy")
        if self.num_classes is not None:
            self._track_also("label_fraction")

    @property
    def heads(self):
        return [
            *super().heads,
            *([self.class_predictor] if self.class_predictor else []),
        ]

    def _check_rows(self, rows):
        super()._check_rows(rows)
        batch = rows // self.discriminator_steps // self.accumulated_batches
        unit = rotation.NUM_ROTATIONS * self.rotated_batch_fraction
        if self.self_supervision and batch % unit:
            raise ValueError(
                "With rotations the batch size must be a multiple of "
                f"{unit} (4 × rotated_batch_fraction). "
                f"Received: batch_size={batch}"
            )

    def _rotated_count(self, batch_size):
        return batch_size // self.rotated_batch_fraction // rotation.NUM_ROTATIONS

    def _fill_in(self, real, features):
        """The labels that are given, else the predictor's."""
        rows = real.rows
        if rows is None:
            return rows, 0.0, {}
        available = has_label(rows)
        values = {"label_fraction": ops.mean(available)}
        if not self.predictor:
            return rows, 0.0, values
        upright = features[: rows.shape[0]]
        logits = ops.cast(self.class_predictor(upright, training=True), "float32")
        labelled = labelled_count(available) if real.labelled is None else real.labelled
        loss = labelled_cross_entropy(logits, rows, available, labelled)
        predicted = ops.softmax(logits)
        if self.predictor == "hard":
            predicted = ops.one_hot(ops.argmax(logits, axis=-1), self.num_classes)
        predicted = ops.stop_gradient(ops.cast(predicted, "float32"))
        known = available[:, None]
        correct = ops.cast(
            ops.argmax(logits, axis=-1) == ops.argmax(rows, axis=-1), "float32"
        )
        accuracy = labelled_mean(correct, available, labelled)
        values["class_loss"] = (loss, labelled)
        values["class_accuracy"] = (accuracy, labelled)
        rows = known * rows + (1.0 - known) * predicted
        return rows, self.weight_class_loss * loss, values

    def predict_labels(self, images, batch_size=64):
        """The classes that the predictor sees in real images.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images at a time.

        Returns:
            int32 array `[N]`.

        Raises:
            ValueError: if there is no predictor.
        """
        if self.class_predictor is None:
            raise ValueError(
                "Labels are predicted by the predictor. "
                f"Received: predictor={self.predictor}"
            )
        return self._predicted_classes(self.class_predictor, images, batch_size)

    def get_config(self):
        return {
            **super().get_config(),
            "rotated_batch_fraction": self.rotated_batch_fraction,
            "predictor": self.predictor,
            "weight_class_loss": self.weight_class_loss,
        }
