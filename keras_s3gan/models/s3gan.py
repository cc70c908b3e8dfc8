"""S3GAN: a conditional GAN trained with few labels."""

import keras
import numpy as np
from keras import layers, ops

from keras_s3gan import backend
from keras_s3gan.layers import rotation
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization
from keras_s3gan.losses import labelled_cross_entropy, rotation_cross_entropy
from keras_s3gan.models.gan import GAN

_SELF_SUPERVISIONS = ("rotation", None)
_PREDICTORS = ("hard", "soft", None)


@keras.saving.register_keras_serializable("keras_s3gan")
class S3GAN(GAN):
    """A conditional GAN that infers missing labels and recognises rotations.

    One call of the discriminator sees real, rotated real, generated and rotated
    generated images. Its features feed a projection on the class, a classifier of the
    rotation and, for co-training, a classifier of the class, whose prediction stands in
    for the label where there is none. Without self-supervision, predictor and missing
    labels this is plain BigGAN training.

    Args:
        generator, discriminator, discriminator_steps, ema_decay, ema_start_step,
            penalty, penalty_weight, seed: as in `GAN`.
        self_supervision: `"rotation"` or `None`.
        rotated_batch_fraction: int >= 1. Of a batch of b images, b / fraction go into
            the rotation loss: b / fraction / 4 images in all four rotations. Defaults
            to `2`.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        predictor: `"hard"` to stand in the most probable class for a missing label,
            `"soft"` the probabilities, `None` for no predictor.
        weight_class_loss: float. On labelled real images. Defaults to `1.0`.

    Raises:
        ValueError: if an argument is out of range, or a predictor is asked for without
            classes. In training: if the batch is not a multiple of
            4 × `rotated_batch_fraction`.

    Reference:
        - Lucic et al., 2019, https://arxiv.org/abs/1903.02271
    """

    tracked = (
        "discriminator_loss",
        "generator_loss",
        "rotation_loss_real",
        "rotation_loss_fake",
        "class_loss",
        "rotation_accuracy",
        "class_accuracy",
        "label_fraction",
    )

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
        if self_supervision not in _SELF_SUPERVISIONS:
            raise ValueError(
                f"`self_supervision` must be one of {_SELF_SUPERVISIONS}. "
                f"Received: self_supervision={self_supervision}"
            )
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
        self.tracked = self._names(generator, self_supervision, predictor)
        super().__init__(generator, discriminator, **kwargs)
        self.self_supervision = self_supervision
        self.rotated_batch_fraction = rotated_batch_fraction
        self.weight_rotation_loss_discriminator = weight_rotation_loss_discriminator
        self.weight_rotation_loss_generator = weight_rotation_loss_generator
        self.predictor = predictor
        self.weight_class_loss = weight_class_loss
        self.rotation_head = self.class_predictor = None
        kernel_normalization = discriminator.kernel_normalization
        if self_supervision:
            self.rotation_head = rotation.RotationHead(
                kernel_normalization,
                dtype=discriminator.dtype_policy,
                name="rotation_head",
            )
            self.rotation_head.build((None, discriminator.feature_dim))
        if predictor:
            self.class_predictor = with_kernel_normalization(
                layers.Dense(
                    self.num_classes,
                    kernel_initializer="orthogonal",
                    dtype=discriminator.dtype_policy,
                    name="class_predictor",
                ),
                kernel_normalization,
            )
            self.class_predictor.build((None, discriminator.feature_dim))

    @staticmethod
    def _names(generator, self_supervision, predictor):
        names = list(GAN.tracked)
        if self_supervision:
            names += ["rotation_loss_real", "rotation_loss_fake", "rotation_accuracy"]
        if predictor:
            names += ["class_loss", "class_accuracy"]
        if generator.num_classes is not None:
            names += ["label_fraction"]
        return tuple(names)

    @property
    def discriminator_variables(self):
        heads = [head for head in (self.rotation_head, self.class_predictor) if head]
        return [
            variable
            for layer in [self.discriminator, *heads]
            for variable in layer.trainable_variables
        ]

    def _check_rows(self, rows):
        super()._check_rows(rows)
        batch = rows // self.discriminator_steps
        unit = rotation.NUM_ROTATIONS * self.rotated_batch_fraction
        if self.self_supervision and batch % unit:
            raise ValueError(
                "With rotations the batch size must be a multiple of "
                f"{unit} (4 × rotated_batch_fraction). "
                f"Received: batch_size={batch}"
            )

    def _with_rotations(self, images):
        """The batch, and after it the turned copies of its last images."""
        if not self.self_supervision:
            return images
        last = images[-self._rotated(images) :]
        turned = rotation.rotations(last, upright=False, data_format=self.data_format)
        return ops.concatenate([images, turned])

    def _rotated(self, images):
        """How many images are shown in all four rotations."""
        return images.shape[0] // self.rotated_batch_fraction // rotation.NUM_ROTATIONS

    def _rotation_loss(self, features, upright):
        """Loss and accuracy on the features of a batch made by `_with_rotations`."""
        turned = features.shape[0] - upright
        count = turned // (rotation.NUM_ROTATIONS - 1)
        logits = self.rotation_head(features[-(turned + count) :], training=True)
        labels = rotation.rotation_labels(count)
        correct = ops.cast(ops.argmax(logits, axis=-1), "int32") == labels
        return rotation_cross_entropy(logits, labels), ops.mean(
            ops.cast(correct, "float32")
        )

    def _infer_rows(self, features, rows):
        """Labels for all real images: the given ones, else the predictor's.

        Returns:
            `(rows, loss, values)`.
        """
        available = ops.cast(ops.sum(rows, axis=-1) > 0.5, "float32")
        values = {"label_fraction": ops.mean(available)}
        if not self.predictor:
            return rows, 0.0, values
        logits = ops.cast(self.class_predictor(features, training=True), "float32")
        loss = labelled_cross_entropy(logits, rows, available)
        predicted = ops.softmax(logits)
        if self.predictor == "hard":
            predicted = ops.one_hot(ops.argmax(logits, axis=-1), self.num_classes)
        predicted = ops.stop_gradient(ops.cast(predicted, "float32"))
        known = available[:, None]
        correct = ops.cast(
            ops.argmax(logits, axis=-1) == ops.argmax(rows, axis=-1), "float32"
        )
        values["class_loss"] = (loss, ops.sum(available))
        values["class_accuracy"] = (
            ops.sum(correct * available) / ops.maximum(ops.sum(available), 1.0),
            ops.sum(available),
        )
        return known * rows + (1.0 - known) * predicted, loss, values

    def discriminator_loss(self, real, rows, fake, fake_rows):
        upright, shown = real.shape[0], [self._with_rotations(x) for x in (real, fake)]
        logits, features = self.discriminator(ops.concatenate(shown), training=True)
        half = shown[0].shape[0]
        loss, values = 0.0, {}
        if rows is not None:
            rows, class_loss, values = self._infer_rows(features[:upright], rows)
            loss = loss + self.weight_class_loss * class_loss
        real_logits, fake_logits = self._upright_logits(
            logits, features, [(0, rows), (half, fake_rows)], upright
        )
        loss = loss + self.adversarial_loss.discriminator(real_logits, fake_logits)
        if self.self_supervision:
            rotation_loss, accuracy = self._rotation_loss(features[:half], upright)
            loss = loss + self.weight_rotation_loss_discriminator * rotation_loss
            values["rotation_loss_real"] = rotation_loss
            values["rotation_accuracy"] = accuracy
        loss = loss + self._penalty(real, fake, rows)
        return loss, {**values, "discriminator_loss": loss}

    def _upright_logits(self, logits, features, halves, upright):
        """Logits of the upright images of each half, with their class projection.

        The projection is called once for all halves: its spectral normalization then
        moves once.
        """
        picked = [logits[start : start + upright] for start, _ in halves]
        if halves[0][1] is None:
            return picked
        projection = self.discriminator.class_projection(
            ops.concatenate([features[start : start + upright] for start, _ in halves]),
            ops.concatenate([rows for _, rows in halves]),
            training=True,
        )
        return [
            part + projection[index * upright : (index + 1) * upright]
            for index, part in enumerate(picked)
        ]

    def generator_loss(self, fake, fake_rows):
        upright = fake.shape[0]
        shown = self._with_rotations(fake)
        logits, features = self.discriminator(shown, training=True)
        (fake_logits,) = self._upright_logits(
            logits, features, [(0, fake_rows)], upright
        )
        loss, values = self.adversarial_loss.generator(fake_logits), {}
        if self.self_supervision:
            rotation_loss, _ = self._rotation_loss(features, upright)
            loss = loss + self.weight_rotation_loss_generator * rotation_loss
            values["rotation_loss_fake"] = rotation_loss
        return loss, {**values, "generator_loss": loss}

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
        classify = backend.compiled(
            lambda images: self.class_predictor(self.discriminator(images)[1]),
            self.variables,
        )
        images = np.asarray(images, "float32")
        if self.data_format == "channels_first":
            images = np.moveaxis(images, -1, 1)
        labels = []
        for start in range(0, len(images), batch_size):
            rows = np.arange(start, min(start + batch_size, len(images)))
            # A smaller last batch would be compiled anew.
            logits = ops.convert_to_numpy(classify(images[np.resize(rows, batch_size)]))
            labels.append(logits[: len(rows)].argmax(axis=-1))
        return np.concatenate(labels).astype("int32")

    def get_config(self):
        return {
            **super().get_config(),
            "self_supervision": self.self_supervision,
            "rotated_batch_fraction": self.rotated_batch_fraction,
            "weight_rotation_loss_discriminator": (
                self.weight_rotation_loss_discriminator
            ),
            "weight_rotation_loss_generator": self.weight_rotation_loss_generator,
            "predictor": self.predictor,
            "weight_class_loss": self.weight_class_loss,
        }
