"""A small pair of convolutional networks, for tests and first tries.

Reference:
    - Radford et al., 2016, https://arxiv.org/abs/1511.06434
"""

import math

import keras
from keras import layers, ops

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.spectral_normalization import with_spectral_normalization
from keras_s3gan.networks.network import (
    Discriminator,
    Generator,
    sum_over_positions,
)


def _doublings(image_size):
    """How often 4 pixels double to `image_size`.

    Raises:
        ValueError: if they do not.
    """
    doublings = math.log2(image_size / 4) if image_size >= 8 else 0.5
    if doublings != int(doublings):
        raise ValueError(
            "`image_size` must be a power of two from 8. "
            f"Received: image_size={image_size}"
        )
    return int(doublings)


@keras.saving.register_keras_serializable("keras_s3gan")
class DCGANGenerator(Generator):
    """Transposed convolutions with batch normalization; labels join the latent.

    Args:
        image_size: a power of two from 8. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator.
        latent_dim: int. Defaults to `64`.
        base_channels: int. Channels of the last hidden map. Defaults to `32`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`.
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        num_classes=None,
        latent_dim=64,
        base_channels=32,
        data_format=None,
        name="generator",
        **kwargs,
    ):
        doublings = _doublings(image_size)
        data_format = data_formats.standardize(data_format)
        policy = keras.dtype_policies.get(kwargs.get("dtype"))
        inputs = [keras.Input((latent_dim,), name="latents")]
        if num_classes is not None:
            inputs.append(keras.Input((num_classes,), name="labels"))
        width = base_channels * 2 ** (doublings - 1)
        images = layers.Dense(4 * 4 * width, dtype=policy, name="first_linear")(
            ops.concatenate(inputs, axis=1) if len(inputs) > 1 else inputs[0]
        )
        shape = data_formats.image_shape(4, 4, width, data_format)
        images = layers.Reshape(shape, dtype=policy, name="first_images")(images)
        for number in range(doublings):
            images = BatchNormalization(
                data_format=data_format, dtype=policy, name=f"normalization_{number}"
            )(images)
            last = number == doublings - 1
            images = layers.Conv2DTranspose(
                channels if last else width // 2 ** (number + 1),
                4,
                strides=2,
                padding="same",
                data_format=data_format,
                dtype=policy,
                name=f"convolution_{number}",
            )(ops.relu(images))
        images = layers.Activation("tanh", dtype="float32", name="images")(images)
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        # A functional model drops the `dtype` that it is given.
        self.dtype_policy = policy
        self.image_size = image_size
        self.channels = channels
        self.num_classes = num_classes
        self.latent_dim = latent_dim
        self.base_channels = base_channels
        self.data_format = data_format
        self.image_shape = (image_size, image_size, channels)


@keras.saving.register_keras_serializable("keras_s3gan")
class DCGANDiscriminator(Discriminator):
    """Strided convolutions; labels by projection.

    Args:
        image_size: a power of two from 8. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. Channels of the first hidden map. Defaults to `32`.
        spectral_normalization: `None`, a bool or a dict of arguments of
            `SpectralNormalization`. Defaults to `True`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size`.
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        num_classes=None,
        base_channels=32,
        spectral_normalization=True,
        data_format=None,
        name="discriminator",
        **kwargs,
    ):
        doublings = _doublings(image_size)
        data_format = data_formats.standardize(data_format)
        policy = keras.dtype_policies.get(kwargs.get("dtype"))

        def spectral(layer):
            return with_spectral_normalization(layer, spectral_normalization)

        inputs = keras.Input(
            data_formats.image_shape(image_size, image_size, channels, data_format),
            name="images",
        )
        images = inputs
        for number in range(doublings):
            images = spectral(
                layers.Conv2D(
                    base_channels * 2**number,
                    4,
                    strides=2,
                    padding="same",
                    data_format=data_format,
                    dtype=policy,
                    name=f"convolution_{number}",
                )
            )(images)
            images = ops.leaky_relu(images, 0.2)
        features = sum_over_positions(images, data_format)
        logits = spectral(layers.Dense(1, dtype=policy, name="last_linear"))(features)
        super().__init__(
            keras.Model(inputs, [logits, features], name="trunk"),
            num_classes,
            spectral_normalization,
            data_format,
            name=name,
            **kwargs,
        )
        self.image_size = image_size
        self.channels = channels
        self.base_channels = base_channels
