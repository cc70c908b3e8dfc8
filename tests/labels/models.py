"""The models of the room, small enough to learn the bars in seconds."""

import keras

from keras_s3gan.labels import (
    LinearClassifier,
    RotationPretrainer,
    SemiSupervisedClassifier,
)
from keras_s3gan.layers import RandomAffine
from keras_s3gan.networks import ResNetV2Encoder


def encoder(**kwargs):
    return ResNetV2Encoder(
        8, 1, base_channels=8, blocks_per_stage=(1, 1), name="encoder", **kwargs
    )


def augmentation():
    return RandomAffine(translation=0.1, seed=0)


MODELS = {
    "rotation": lambda **kwargs: RotationPretrainer(encoder(), **kwargs),
    "linear": lambda **kwargs: LinearClassifier(
        encoder(), 3, layer="stage_2_block_1", **kwargs
    ),
    "semi_supervised": lambda **kwargs: SemiSupervisedClassifier(
        encoder(), 3, weight_rotation_loss=0.5, **kwargs
    ),
}


def fit(model, images, labels, epochs=1, **kwargs):
    model.compile(keras.optimizers.Adam(3e-3))
    return model.fit(images, labels, batch_size=16, epochs=epochs, verbose=0, **kwargs)
