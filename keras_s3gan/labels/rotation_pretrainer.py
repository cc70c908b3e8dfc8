"""Self-supervised pretraining by rotation prediction."""

import keras
from keras import ops

from keras_s3gan.labels.encoder import EncoderModel, accuracy
from keras_s3gan.layers.rotation import (
    NUM_ROTATIONS,
    RotationHead,
    rotation_labels,
    rotations,
)
from keras_s3gan.losses import rotation_cross_entropy


@keras.saving.register_keras_serializable("keras_s3gan")
class RotationPretrainer(EncoderModel):
    """Trains an encoder to predict the rotation of unlabelled images.

    Each batch has all four rotations of each image. Labels passed to `fit` are ignored.

    Args:
        encoder, augmentation: as in `EncoderModel`. Images are augmented before they
            are rotated.

    Call arguments:
        images: `[N, S, S, C]` in [-1, 1].
        training: bool.

    Returns:
        Logits `[4N, 4]`, in the order of `layers.rotations`.

    Raises:
        ValueError: if `encoder` is not a built `keras.Model`.

    Example:
        >>> pretrainer = RotationPretrainer(ResNetV2Encoder(32, 1))
        >>> pretrainer.compile("adam")
        >>> pretrainer.fit(images, batch_size=64, epochs=10)
        >>> features = pretrainer.encoder.predict(images)

    Reference:
        - Gidaris et al., 2018, https://arxiv.org/abs/1803.07728
    """

    metric_names = ("rotation_loss", "rotation_accuracy")

    def __init__(self, encoder, augmentation=None, **kwargs):
        super().__init__(encoder, augmentation, **kwargs)
        self.rotation_head = RotationHead(
            kernel_initializer="glorot_uniform", name="rotation_head"
        )
        self.rotation_head.build((None, self.feature_dim))
        self.built = True

    def call(self, images, training=False):
        images = self.augmented(images, training)
        rotated = rotations(images, data_format=self.data_format)
        return self.rotation_head(self.features(rotated, training))

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        labels = rotation_labels(ops.shape(y_pred)[0] // NUM_ROTATIONS)
        loss = rotation_cross_entropy(y_pred, labels)
        self.track(rotation_loss=loss, rotation_accuracy=accuracy(labels, y_pred))
        return loss
