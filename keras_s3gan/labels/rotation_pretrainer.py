"""Self-supervised pretraining by rotation prediction."""

import keras
from keras import ops

from keras_s3gan.labels.encoder import EncoderModel, rotation_values
from keras_s3gan.layers.rotation import NUM_ROTATIONS, RotationHead, rotations


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

    loss_weights = {"rotation_loss": 1.0}
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

    def image_values(self, images, labels=None, training=False):
        return rotation_values(self(images, training=training))

    def _output_rows(self, images):
        logits = ops.reshape(
            super()._output_rows(images), (NUM_ROTATIONS, -1, NUM_ROTATIONS)
        )
        return ops.transpose(logits, (1, 0, 2))

    def _joined(self, rows):
        return rows.transpose(1, 0, 2).reshape(-1, NUM_ROTATIONS)
