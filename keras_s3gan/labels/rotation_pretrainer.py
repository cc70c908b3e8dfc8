"""Features without labels: which way up is an image?"""

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
    """Trains an encoder to tell the four rotations of unlabelled images apart.

    All four rotations of an image are in one batch. Labels that `fit` is given are
    not read.

    Args:
        encoder, augmentation: as in `EncoderModel`. Images are turned after they are
            augmented.

    Call arguments:
        images: `[N, S, S, C]` in [-1, 1].
        training: bool.

    Returns:
        Logits `[4N, 4]`, rotation after rotation as `layers.rotations` orders them.

    Example:
        >>> pretrainer = RotationPretrainer(ResNetV2Encoder(32, channels=1))
        >>> pretrainer.compile("adam")
        >>> pretrainer.fit(images, batch_size=64, epochs=10)
        >>> features = pretrainer.encoder.predict(images)

    Reference:
        - Gidaris et al., 2018, https://arxiv.org/abs/1803.07728
    """

    tracked = ("rotation_loss", "rotation_accuracy")

    def __init__(self, encoder, augmentation=None, **kwargs):
        super().__init__(encoder, augmentation, **kwargs)
        self.rotation_head = RotationHead(
            kernel_initializer="glorot_uniform", name="rotation_head"
        )
        self.rotation_head.build((None, self.feature_dim))
        self.built = True

    def call(self, images, training=False):
        images = self.augmented(images, training)
        turned = rotations(images, data_format=self.data_format)
        return self.rotation_head(self.features(turned, training))

    def compute_loss(
        self, x=None, y=None, y_pred=None, sample_weight=None, training=True
    ):
        labels = rotation_labels(ops.shape(y_pred)[0] // NUM_ROTATIONS)
        loss = rotation_cross_entropy(y_pred, labels)
        self.track(rotation_loss=loss, rotation_accuracy=accuracy(labels, y_pred))
        return loss
