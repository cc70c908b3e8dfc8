"""Semi-supervised classifier: few labels, and rotation prediction on all images."""

import keras
import numpy as np
from keras import layers, ops

from keras_s3gan.class_balance import count_classes
from keras_s3gan.labels.balanced_loss import BalancedLoss
from keras_s3gan.labels.confident_classes import (
    ConfidentClasses,
    check_confidence,
    consistency_values,
)
from keras_s3gan.labels.encoder import EncoderModel, class_values, rotation_values
from keras_s3gan.labels.image_batches import ImageBatches, PairedBatches
from keras_s3gan.labels.keras_interface import is_labelled, parts_of
from keras_s3gan.layers.rotation import NUM_ROTATIONS, RotationHead, rotations
from keras_s3gan.losses import has_label


@keras.saving.register_keras_serializable("keras_s3gan")
class SemiSupervisedClassifier(BalancedLoss, ConfidentClasses, EncoderModel):
    """Learns classes from the labelled images and rotations from all images.

    `loss = cross-entropy(class | labelled) + weight · cross-entropy(rotation | all)`,
    on a batch of labelled images and an independent batch of all images.

    An optional consistency loss (FixMatch) trains on confident predictions: the
    augmented image must have the class predicted for the original image. Distribution
    alignment divides the predicted probabilities by how much more often a class is
    predicted than it occurs in the given labels. Rarely predicted classes also get a
    lower confidence threshold. Without alignment and with few labels, one class can
    absorb another. Three other rules of what counts as confident follow the training,
    see `confidence`.

    Args:
        encoder, augmentation: as in `EncoderModel`.
        num_classes: int >= 2.
        weight_rotation_loss: float >= 0. `0`: learn from the labelled images only.
            Defaults to `1.0`.
        weight_consistency_loss: float >= 0. Needs `augmentation`. Defaults to `0.0`,
            as in the S3GAN paper.
        confidence: how much a prediction counts in the consistency loss: `"fixed"`, all
            above a threshold count 1; `"freematch"`, above a moving threshold of the
            class; `"softmatch"`, all, the less probable ones less; `"adamatch"`, nearly
            as probable as predictions for labelled images. Defaults to `"fixed"`.
        confidence_decay: float in [0, 1). Decay of the moving means of the last three,
            `0.999` as published. A short training needs faster ones. Defaults to
            `0.999`.
        confidence_threshold: float in (0, 1]. Minimum probability of a prediction if
            `confidence` is `"fixed"`. Defaults to `0.95`.
        distribution_alignment: bool. Whether `"fixed"` uses distribution alignment and
            thresholds per class. Use it if the given labels have the class frequencies
            of the data. Defaults to `True`.
        class_prior: `[num_classes]`, how often each class occurs: what `"fixed"` and
            `"adamatch"` align predictions to. Defaults to `None`: as often as among the
            given labels, or as among the predictions for them.
        class_balance: class weights of the cross-entropy of labelled images in
            training, one over the effective number of images of the class:
            `"effective"`, the beta of effective numbers, a float in (0, 1), or `None`.
            Defaults to `None`.
        partial_labels: bool. Whether a row of several numbers is the set of classes
            that an image may be of: the loss is then of the probability of the set, and
            a class of the set is right. Defaults to `False`: soft labels.
        classify_rotated: bool. Whether to learn the class of all four rotations of a
            labelled image. Suitable for photographs, but not if rotation changes the
            class, as with 6 and 9. Defaults to `False`.

    Call arguments:
        inputs: images `[N, S, S, C]` in [-1, 1]; in training also a dict of images
            `labelled` and `unlabelled`.
        training: bool.

    Returns:
        Class logits `[N, num_classes]`; for a dict a dict of logits.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> classifier = SemiSupervisedClassifier(ResNetV2Encoder(32, 1), 10)
        >>> classifier.compile("adam")
        >>> classifier.fit(images, labels, epochs=10)  # labels of -1: none
        >>> classifier.predict(images, verbose=0).shape
        (64, 10)

    Reference:
        - Zhai et al., 2019, https://arxiv.org/abs/1905.03670
        - Lucic et al., 2019, https://arxiv.org/abs/1903.02271
        - Sohn et al., 2020, https://arxiv.org/abs/2001.07685 (consistency)
        - Berthelot et al., 2020, https://arxiv.org/abs/1911.09785 (alignment)
        - Zhang et al., 2021, https://arxiv.org/abs/2110.08263 (confidence by class)
        - Wang et al., 2023, https://arxiv.org/abs/2205.07246 (FreeMatch)
        - Chen et al., 2023, https://arxiv.org/abs/2301.10921 (SoftMatch)
        - Berthelot et al., 2022, https://arxiv.org/abs/2106.04732 (AdaMatch)
        - Cui et al., 2019, https://arxiv.org/abs/1901.05555 (effective numbers)
    """

    metric_names = ("class_loss", "class_accuracy")

    def __init__(
        self,
        encoder,
        num_classes,
        augmentation=None,
        weight_rotation_loss=1.0,
        weight_consistency_loss=0.0,
        confidence_threshold=0.95,
        distribution_alignment=True,
        classify_rotated=False,
        confidence="fixed",
        confidence_decay=0.999,
        class_prior=None,
        class_balance=None,
        partial_labels=False,
        **kwargs,
    ):
        if num_classes < 2:
            raise ValueError(
                f"`num_classes` must be at least 2. Received: num_classes={num_classes}"
            )
        for name, weight in (
            ("weight_rotation_loss", weight_rotation_loss),
            ("weight_consistency_loss", weight_consistency_loss),
        ):
            if weight < 0:
                raise ValueError(
                    f"`{name}` must not be negative. Received: {name}={weight}"
                )
        check_confidence(
            confidence, confidence_decay, confidence_threshold, class_prior, num_classes
        )
        if weight_consistency_loss and augmentation is None:
            raise ValueError(
                "A consistency loss needs an augmentation. "
                f"Received: weight_consistency_loss={weight_consistency_loss}, "
                "augmentation=None"
            )
        weights = {"class_loss": 1.0}
        if weight_rotation_loss:
            weights["rotation_loss"] = weight_rotation_loss
            self.metric_names += ("rotation_loss", "rotation_accuracy")
        if weight_consistency_loss:
            weights["consistency_loss"] = weight_consistency_loss
            self.metric_names += ("consistency_loss", "confident_fraction")
        super().__init__(encoder, augmentation, **kwargs)
        self.loss_weights = weights
        self.num_classes = num_classes
        self.weight_rotation_loss = weight_rotation_loss
        self.weight_consistency_loss = weight_consistency_loss
        self.confidence_threshold = confidence_threshold
        self.distribution_alignment = distribution_alignment
        self.classify_rotated = classify_rotated
        self.confidence = confidence
        self.confidence_decay = confidence_decay
        self.class_prior = class_prior
        self.partial_labels = partial_labels
        self._add_class_weights(class_balance)
        self.class_head = layers.Dense(num_classes, name="class_head")
        self.class_head.build((None, self.feature_dim))
        if weight_rotation_loss:
            self.rotation_head = RotationHead(
                kernel_initializer="glorot_uniform", name="rotation_head"
            )
            self.rotation_head.build((None, self.feature_dim))
        self._build_confidence(weight_consistency_loss > 0)
        self.built = True

    def call(self, inputs, training=False):
        if not isinstance(inputs, dict):
            images = self.augmented(inputs, training)
            return self.class_head(self.features(images, training))
        labelled, unlabelled = (
            self.augmented(inputs[name], training)
            for name in ("labelled", "unlabelled")
        )
        if training and self.classify_rotated:
            labelled = rotations(labelled, data_format=self.data_format)
        if self.weight_rotation_loss:
            unlabelled = rotations(unlabelled, data_format=self.data_format)
        features = self.features(ops.concatenate([labelled, unlabelled]), training)
        count, unrotated = (ops.shape(x)[0] for x in (labelled, inputs["unlabelled"]))
        logits = {"class": self.class_head(features[:count])}
        if self.weight_rotation_loss:
            logits["rotation"] = self.rotation_head(features[count:])
        if training and self.weight_consistency_loss:
            logits["augmented"] = self.class_head(features[count : count + unrotated])
            logits["plain"] = self.class_head(self.features(inputs["unlabelled"]))
        return logits

    def image_values(self, images, labels, training=False):
        if not isinstance(images, dict):
            images = {"labelled": images, "unlabelled": images}
        logits = self(images, training=training)
        if training and self.classify_rotated:
            labels = ops.tile(labels, [NUM_ROTATIONS, 1])
        values = class_values(logits["class"], labels, self.partial_labels)
        values = self._balanced(values, labels, training)
        if self.weight_rotation_loss:
            values |= rotation_values(logits["rotation"])
        if training and self.weight_consistency_loss:
            targets = self._targets(logits, has_label(labels))
            values |= consistency_values(logits["augmented"], *targets)
        return values

    def fit(
        self,
        x=None,
        y=None,
        batch_size=None,
        unlabelled_batch_size=None,
        steps_per_epoch=None,
        seed=0,
        **kwargs,
    ):
        """Trains the model; further arguments as in `EncoderModel.fit`.

        Args:
            x: images `[N, …]` in [-1, 1], or images that are indexed like an array; or
                batches `({"labelled": …, "unlabelled": …}, labels)`, or
                `(images, labels)` for both at once.
            y: integers `[N]`, -1 for images without a label, or one-hot or soft labels
                `[N, num_classes]`, zeros for none.
            batch_size: int. Labelled images per step. Defaults to `64`.
            unlabelled_batch_size: int. Images per step for the other losses. Defaults
                to `batch_size`.
            steps_per_epoch: int. Defaults to one pass over all images.
            seed: int. Seed of the batches.

        Returns:
            A `keras.callbacks.History`.

        Raises:
            ValueError: if no image has a label, or as `EncoderModel.fit`.
        """
        return super().fit(
            x,
            y,
            batch_size,
            steps_per_epoch=steps_per_epoch,
            seed=seed,
            unlabelled_batch_size=unlabelled_batch_size,
            **kwargs,
        )

    def _training_batches(
        self, images, labels, batch_size, steps, order, unlabelled_batch_size
    ):
        labelled = np.flatnonzero(is_labelled(labels))
        size = batch_size
        if unlabelled_batch_size is not None:
            size = self._checked_size(unlabelled_batch_size, "unlabelled_batch_size")
        steps = steps or -(-len(images) // size)
        self.count_labels(labels)
        if self._aligned and self.class_prior is None:
            counts = count_classes(labels, self.num_classes)
            self.given_classes.assign(counts / counts.sum())
        other_order = {**order, "seed": order["seed"] + 1}
        return PairedBatches(
            ImageBatches(images, batch_size, steps, labelled, labels, **order),
            ImageBatches(images, size, steps, **other_order),
        )

    def _training_batch(self, batch):
        images, labels = parts_of(batch)
        if not isinstance(images, dict):
            return super()._training_batch(batch)
        if set(images) != {"labelled", "unlabelled"}:
            raise ValueError(
                "Images of a batch must be an array, or a dict of `labelled` and "
                f"`unlabelled` ones. Received: a dict of {sorted(images)}"
            )
        labelled, labels = self._checked_batch((images["labelled"], labels))
        unlabelled = self._checked_images(images["unlabelled"])
        return {"labelled": labelled, "unlabelled": unlabelled}, labels

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "weight_rotation_loss": self.weight_rotation_loss,
            "weight_consistency_loss": self.weight_consistency_loss,
            "confidence_threshold": self.confidence_threshold,
            "distribution_alignment": self.distribution_alignment,
            "classify_rotated": self.classify_rotated,
            "confidence": self.confidence,
            "confidence_decay": self.confidence_decay,
            "class_prior": self.class_prior,
            "class_balance": self.class_balance,
            "partial_labels": self.partial_labels,
        }
