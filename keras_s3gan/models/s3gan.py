"""S3GAN: a conditional GAN trained with few labels."""

import keras
import numpy as np

from keras_s3gan import penalties
from keras_s3gan.layers import ClassProjection, rotation
from keras_s3gan.models.label_predictor import LabelPredictor
from keras_s3gan.models.self_supervised_gan import SelfSupervisedGAN

_PREDICTORS = ("hard", "soft", None)


@keras.saving.register_keras_serializable("keras_s3gan")
class S3GAN(LabelPredictor, SelfSupervisedGAN):
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
        partial_labels: bool. Whether a row of several numbers is the set of classes
            that an image may be of. The predictor then learns that the class is one of
            the set, and chooses within it. Defaults to `False`: soft labels.
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
        partial_labels=False,
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
        of_predictor = {
            "class_prior": class_prior,
            "class_balance": class_balance,
            "partial_labels": partial_labels or None,
        }
        for name, value in of_predictor.items():
            if not predictor and value is not None:
                raise ValueError(
                    f"`{name}` is about a predictor. "
                    f"Received: predictor=None, {name}={value}"
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
        self.partial_labels = partial_labels
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

    def get_config(self):
        return {
            **super().get_config(),
            "rotated_batch_fraction": self.rotated_batch_fraction,
            "predictor": self.predictor,
            "weight_class_loss": self.weight_class_loss,
            "project_given_labels": self.project_given_labels,
            "class_prior": self.class_prior,
            "class_balance": self.class_balance,
            "partial_labels": self.partial_labels,
        }
