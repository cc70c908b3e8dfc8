"""A linear classifier on the features of a trained encoder."""

import keras
import numpy as np
from keras import layers, ops

from keras_s3gan.labels.balanced_loss import BalancedLoss
from keras_s3gan.labels.encoder import EncoderModel, check_encoder, class_values
from keras_s3gan.labels.image_batches import ImageBatches
from keras_s3gan.labels.keras_interface import is_labelled


@keras.saving.register_keras_serializable("keras_s3gan")
class LinearClassifier(BalancedLoss, EncoderModel):
    """A linear classifier on a layer of a frozen copy of an encoder.

    The simplest method for few labels: pretrain an encoder without labels, then train
    a linear classifier on the labelled images.

    Args:
        encoder, augmentation: as in `EncoderModel`.
        num_classes: int >= 2.
        layer: str. Name of the encoder's layer whose output is classified. `None`: the
            last layer.
        class_balance: class weights of the loss, as in `SemiSupervisedClassifier`.
            Defaults to `None`.
        partial_labels: bool. As in `SemiSupervisedClassifier`. Defaults to `False`.

    Call arguments:
        images: `[N, S, S, C]` in [-1, 1].
        training: bool.

    Returns:
        Class logits `[N, num_classes]`.

    Raises:
        ValueError: if the encoder has no such layer, or `num_classes` is below 2.

    Example:
        >>> pretrainer = RotationPretrainer(encoder)
        >>> pretrainer.compile("adam")
        >>> pretrainer.fit(images, epochs=10)
        >>> classifier = LinearClassifier(encoder, 10, layer="stage_2_block_1")
        >>> classifier.compile("adam")
        >>> classifier.fit(images, labels, epochs=10)  # labels of -1: none
    """

    loss_weights = {"class_loss": 1.0}
    metric_names = ("class_loss", "class_accuracy")

    def __init__(
        self,
        encoder,
        num_classes,
        layer=None,
        augmentation=None,
        class_balance=None,
        partial_labels=False,
        **kwargs,
    ):
        if num_classes < 2:
            raise ValueError(
                f"`num_classes` must be at least 2. Received: num_classes={num_classes}"
            )
        super().__init__(_frozen(encoder, layer), augmentation, **kwargs)
        self.num_classes = num_classes
        self.layer = layer
        self.partial_labels = partial_labels
        self._add_class_weights(class_balance)
        self.class_head = layers.Dense(num_classes, name="class_head")
        self.class_head.build((None, self.feature_dim))
        self.built = True

    def call(self, images, training=False):
        features = self.features(self.augmented(images, training))
        return self.class_head(ops.stop_gradient(features))

    def image_values(self, images, labels, training=False):
        values = class_values(
            self(images, training=training), labels, self.partial_labels
        )
        return self._balanced(values, labels, training)

    def _training_batches(self, images, labels, batch_size, steps, order):
        labelled = np.flatnonzero(is_labelled(labels))
        steps = steps or -(-len(labelled) // batch_size)
        self.count_labels(labels)
        return ImageBatches(images, batch_size, steps, labelled, labels, **order)

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "class_balance": self.class_balance,
            "partial_labels": self.partial_labels,
            # The saved encoder already ends at this layer.
            "layer": None,
        }


def _frozen(encoder, layer):
    """Copies the encoder up to a layer, and freezes the copy only."""
    check_encoder(encoder)
    copy = type(encoder).from_config(encoder.get_config())
    copy.set_weights(encoder.get_weights())
    copy = features_of(copy, layer)
    copy.trainable = False
    return copy


def features_of(encoder, layer=None):
    """Returns the encoder up to one of its layers.

    Args:
        encoder: a built functional `keras.Model`.
        layer: str. Name of a layer. `None`: the whole encoder.

    Returns:
        A `keras.Model` that shares the encoder's weights.

    Raises:
        ValueError: if there is no layer of that name.
    """
    if layer is None:
        return encoder
    names = [each.name for each in encoder.layers]
    if layer not in names:
        raise ValueError(
            f"`layer` must name a layer of the encoder: {', '.join(names)}. "
            f"Received: layer={layer!r}"
        )
    return keras.Model(encoder.input, encoder.get_layer(layer).output)
