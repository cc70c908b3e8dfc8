"""S3GAN: a conditional GAN trained with few labels."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import penalties
from keras_s3gan.class_balance import check_balance, check_shares, class_weights
from keras_s3gan.layers import ClassProjection, DistributionAlignment, rotation
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
    """A conditional GAN that predicts missing labels and rotations.

    One call of the discriminator takes real, rotated real, generated and rotated
    generated images. Its features are the input of the class projection, of a rotation
    head and, for co-training, of a class predictor, whose prediction replaces a missing
    label. Without self-supervision, predictor and missing labels this is plain BigGAN
    training.

    Args:
        generator, discriminator: as in `GAN`.
        self_supervision: `"rotation"` or `None`.
        rotated_batch_fraction: int >= 1. With a batch of b images the rotation loss is
            over b / fraction: b / fraction / 4 images in all four rotations. Defaults
            to `2`.
        weight_rotation_loss_discriminator: float. On real images. Defaults to `1.0`.
        weight_rotation_loss_generator: float. On generated images. Defaults to `0.2`.
        predictor: what replaces a missing label: `"hard"`, the most probable class;
            `"soft"`, the probabilities; `None` for no predictor. Defaults to `"hard"`.
        weight_class_loss: float. On labelled real images. Defaults to `1.0`.
        class_prior: how often the predictor should give each class to images without a
            label: `"labelled"`, as often as it is among the labels of training; or one
            number for each class. Its probabilities are divided by how much more often
            it has predicted a class (`layers.DistributionAlignment`), so that a
            frequent class does not absorb a rare one. Defaults to `None`, as it may.
        class_balance: class weights of the predictor's loss, one over the effective
            number of labelled images of the class: `"effective"`, the beta of effective
            numbers, a float in (0, 1), or `None`. Defaults to `None`.
        project_given_labels: bool. Whether there is a second class projection, of the
            labels as they are given: it is 0 for an image without a label, where the
            first one has the imputed label. In Compare GAN this is the architecture's
            own one. Defaults to `False`.
        **kwargs: as in `GAN`.

    Call arguments, Returns: as in `GAN`.

    Raises:
        ValueError: if an argument is out of range; if there are no classes, but a
            predictor or a projection of given labels; if there is such a projection
            and a penalty on images, which knows one label of each. In training: if the
            batch size is not a multiple of 4 × `rotated_batch_fraction`.

    Example:
        >>> gan = S3GAN(BigGANGenerator(32, 1, 10), BigGANDiscriminator(32, 1, 10))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, batch_size=64, epochs=10)  # -1: no label

    Reference:
        - Lucic et al., 2019, https://arxiv.org/abs/1903.02271
        - Berthelot et al., 2020, https://arxiv.org/abs/1911.09785 (alignment)
        - Cui et al., 2019, https://arxiv.org/abs/1901.05555 (effective numbers)
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
        project_given_labels=False,
        class_prior=None,
        class_balance=None,
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
        if not predictor and (class_prior is not None or class_balance is not None):
            raise ValueError(
                "`class_prior` and `class_balance` are those of a predictor. "
                f"Received: predictor=None, class_prior={class_prior}, "
                f"class_balance={class_balance}"
            )
        if project_given_labels and generator.num_classes is None:
            raise ValueError(
                "A projection of given labels needs networks with `num_classes`. "
                f"Received: project_given_labels={project_given_labels}, "
                "num_classes=None"
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
            self._add_metrics("class_loss", "class_accuracy")
        self.class_prior, self.class_balance = class_prior, class_balance
        self._balance_predictor()
        if self.num_classes is not None:
            self._add_metrics("label_fraction")
        self.project_given_labels = project_given_labels
        if project_given_labels:
            if "images" in map(penalties.acts_on, self.penalties):
                raise ValueError(
                    "A penalty on images knows one label of each: with "
                    "project_given_labels=True it must act on logits or kernels. "
                    f"Received: penalty={self.penalty}"
                )
            self.given_label_projection = ClassProjection(
                self.num_classes,
                kernel_normalization=discriminator.kernel_normalization,
                dtype=discriminator.dtype_policy,
                name="given_label_projection",
            )
            self.given_label_projection.build((None, discriminator.feature_dim))

    @property
    def heads(self):
        return [
            *super().heads,
            *([self.class_predictor] if self.class_predictor else []),
            *([self.given_label_projection] if self.given_label_projection else []),
        ]

    def _balance_predictor(self):
        """Makes what holds the predictor to the classes' shares."""
        self.label_alignment, self.class_weights = None, None
        if self.class_prior is not None:
            shares = [0.0] * self.num_classes
            if not self._prior_is_counted:
                shares = check_shares(
                    *("class_prior", self.class_prior, self.num_classes),
                    otherwise='"labelled", or ',
                )
            self.label_alignment = DistributionAlignment(
                self.num_classes, [*map(float, shares)], name="label_alignment"
            )
        if self.class_balance is not None:
            check_balance("class_balance", self.class_balance, (None, "effective"))
            # Zeros until labels are counted.
            self.class_weights = self.add_weight(
                name="class_weights",
                shape=(self.num_classes,),
                dtype="float32",
                initializer="zeros",
                trainable=False,
            )

    @property
    def _prior_is_counted(self):
        return isinstance(self.class_prior, str) and self.class_prior == "labelled"

    @property
    def _counted_variables(self):
        found = super()._counted_variables
        if self._prior_is_counted:
            found.append(self.label_alignment.shares)
        return found + ([] if self.class_weights is None else [self.class_weights])

    def _use_counts(self, counts):
        super()._use_counts(counts)
        if self._prior_is_counted:
            self.label_alignment.set_shares(counts / counts.sum())
        if self.class_weights is not None:
            self.class_weights.assign(class_weights(self.class_balance, counts))

    def _check_batch_size(self, num_images):
        super()._check_batch_size(num_images)
        batch = num_images // self.discriminator_steps // self.accumulated_batches
        unit = rotation.NUM_ROTATIONS * self.rotated_batch_fraction
        if self.self_supervision and batch % unit:
            raise ValueError(
                "With rotations the batch size must be a multiple of "
                f"{unit} (4 × rotated_batch_fraction). "
                f"Received: batch_size={batch}"
            )

    def _rotated_count(self, batch_size):
        return batch_size // self.rotated_batch_fraction // rotation.NUM_ROTATIONS

    def _impute_labels(self, real, features):
        """The given labels, and the predictor's where there is none."""
        labels_one_hot = real.labels_one_hot
        if labels_one_hot is None:
            return labels_one_hot, 0.0, {}
        label_mask = has_label(labels_one_hot)
        values = {"label_fraction": ops.mean(label_mask)}
        if not self.predictor:
            return labels_one_hot, 0.0, values
        unrotated = features[: labels_one_hot.shape[0]]
        logits = self.class_predictor(unrotated, training=self.in_training)
        logits = ops.cast(logits, "float32")
        count = real.num_labelled
        count = labelled_count(label_mask) if count is None else count
        weights = label_mask
        if self.class_weights is not None:
            weights = label_mask * ops.matmul(labels_one_hot, self.class_weights)
        loss = labelled_cross_entropy(logits, labels_one_hot, weights, count)
        classes = ops.argmax(logits, axis=-1)
        correct = ops.cast(classes == ops.argmax(labels_one_hot, axis=-1), "float32")
        values["class_loss"] = (loss, count)
        values["class_accuracy"] = (labelled_mean(correct, label_mask, count), count)
        predicted = ops.softmax(logits)
        if self.label_alignment is not None:
            predicted = self.label_alignment(
                ops.stop_gradient(predicted),
                1.0 - label_mask,
                training=self.in_training,
            )
            classes = ops.argmax(predicted, axis=-1)
        if self.predictor == "hard":
            predicted = ops.one_hot(classes, self.num_classes)
        predicted = ops.stop_gradient(ops.cast(predicted, "float32"))
        mask = label_mask[:, None]
        labels_one_hot = mask * labels_one_hot + (1.0 - mask) * predicted
        return labels_one_hot, self.weight_class_loss * loss, values

    def predict_labels(self, images, batch_size=64):
        """The most probable classes of real images, by the predictor.

        With a `class_prior` those of its aligned probabilities, as in training.

        Args:
            images: `[N, H, W, C]` in [-1, 1], channels last on every data format.
            batch_size: int. Images per call of the network.

        Returns:
            int32 array `[N]`.

        Raises:
            ValueError: if there is no predictor.
        """
        return self._label_logits(images, batch_size).argmax(axis=-1).astype("int32")

    def predict_label_probabilities(self, images, batch_size=64):
        """The probabilities of the classes of real images, by the predictor.

        Args, Raises: as in `predict_labels`.

        Returns:
            float32 array `[N, num_classes]`.
        """
        logits = self._label_logits(images, batch_size)
        shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return shifted / shifted.sum(axis=-1, keepdims=True)

    def _label_logits(self, images, batch_size):
        if self.class_predictor is None:
            raise ValueError(
                "Only a model with a predictor predicts labels. "
                f"Received: predictor={self.predictor}"
            )
        logits = self._head_outputs(self.class_predictor, images, batch_size)
        if self.label_alignment is None:
            return logits
        return logits + np.log(ops.convert_to_numpy(self.label_alignment.factors()))

    def get_config(self):
        return {
            **super().get_config(),
            "rotated_batch_fraction": self.rotated_batch_fraction,
            "predictor": self.predictor,
            "weight_class_loss": self.weight_class_loss,
            "project_given_labels": self.project_given_labels,
            "class_prior": self.class_prior,
            "class_balance": self.class_balance,
        }
