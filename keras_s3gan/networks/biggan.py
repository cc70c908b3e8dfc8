"""BigGAN: residual networks with a hierarchical latent and a shared class embedding.

Reference:
    - Brock et al., 2019, https://arxiv.org/abs/1809.11096
"""

import keras
from keras import layers, ops

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.batch_normalization import BatchNormalization
from keras_s3gan.layers.self_attention import SelfAttention2D
from keras_s3gan.layers.spectral_normalization import with_spectral_normalization
from keras_s3gan.networks.blocks import DiscriminatorBlock, GeneratorBlock
from keras_s3gan.networks.network import (
    Discriminator,
    Generator,
    check_choice,
    sum_over_positions,
)

# Channels in units of `base_channels`, from the first feature map to the last.
GENERATOR_CHANNELS = {
    32: (4, 4, 4, 4),
    64: (16, 16, 8, 4, 2),
    128: (16, 16, 8, 4, 2, 1),
    256: (16, 16, 8, 8, 4, 2, 1),
    512: (16, 16, 8, 8, 4, 2, 1, 1),
}
DISCRIMINATOR_CHANNELS = {
    32: (2, 2, 2, 2),
    64: (2, 4, 8, 16, 16),
    128: (1, 2, 4, 8, 16, 16),
    256: (1, 2, 4, 8, 8, 16, 16),
    512: (1, 1, 2, 4, 8, 8, 16, 16),
}


def _check_attention(blocks, count):
    """Block numbers as a sorted tuple, from 1."""
    blocks = tuple(sorted(blocks or ()))
    for block in blocks:
        check_choice("attention_blocks", block, range(1, count + 1))
    return blocks


@keras.saving.register_keras_serializable("keras_s3gan")
class BigGANGenerator(Generator):
    """The generator of BigGAN for square images of 32 to 512 pixels.

    The latent is cut into one chunk for the first linear layer and one for each block;
    a block is normalized on its chunk and the class embedding.

    Args:
        image_size: 32, 64, 128, 256 or 512.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator.
        latent_dim: int. Defaults to `120`.
        base_channels: int. The paper's `ch`. Defaults to `96`.
        hierarchical_latent: bool. Give every block its chunk of the latent. Needs
            `latent_dim` to be a multiple of the number of blocks + 1. Without, the
            whole latent goes into the first layer only. Defaults to `True`.
        embedding_dim: int. Length of the shared class embedding; `0` gives the blocks
            the label rows themselves. Defaults to `128`.
        attention_blocks: block numbers (from 1) after which self-attention follows.
            Defaults to `()`.
        spectral_normalization: `None`, a bool or a dict of arguments of
            `SpectralNormalization`. Defaults to `True`.
        upsampling: `"nearest"` or, as Compare GAN has it, `"zero_insertion"`.
        unit_gain: bool. `1 +` in the conditional gain; Compare GAN does without.
        kernel_initializer: Defaults to `"orthogonal"`.
        momentum, epsilon: of the batch normalization. Default to `0.9`, `1e-5`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`, an attention block does not
            exist, or the hierarchy does not divide `latent_dim`.

    Example:
        >>> generator = BigGANGenerator(32, num_classes=10, base_channels=16)
        >>> latents, labels = keras.random.normal((8, 120)), keras.ops.eye(10)[:8]
        >>> generator([latents, labels]).shape
        (8, 32, 32, 3)
    """

    def __init__(
        self,
        image_size=128,
        channels=3,
        num_classes=None,
        latent_dim=120,
        base_channels=96,
        hierarchical_latent=True,
        embedding_dim=128,
        attention_blocks=(),
        spectral_normalization=True,
        upsampling="nearest",
        unit_gain=True,
        kernel_initializer="orthogonal",
        momentum=0.9,
        epsilon=1e-5,
        data_format=None,
        name="generator",
        **kwargs,
    ):
        widths = GENERATOR_CHANNELS[
            check_choice("image_size", image_size, GENERATOR_CHANNELS)
        ]
        blocks = len(widths) - 1
        attention_blocks = _check_attention(attention_blocks, blocks)
        if hierarchical_latent and latent_dim % (blocks + 1):
            raise ValueError(
                f"A hierarchical latent at {image_size} pixels is cut into "
                f"{blocks + 1} chunks, so `latent_dim` must be a multiple of "
                f"{blocks + 1}. Received: latent_dim={latent_dim}"
            )
        data_format = data_formats.standardize(data_format)
        initializer = keras.initializers.get(kernel_initializer)
        policy = keras.dtype_policies.get(kwargs.get("dtype"))

        def spectral(layer):
            return with_spectral_normalization(layer, spectral_normalization)

        latents = keras.Input((latent_dim,), name="latents")
        inputs, label = [latents], []
        if num_classes is not None:
            inputs.append(keras.Input((num_classes,), name="labels"))
            label = [inputs[1]]
            if embedding_dim:
                embedding = layers.Dense(
                    embedding_dim,
                    use_bias=False,
                    kernel_initializer="glorot_normal",
                    dtype=policy,
                    name="class_embedding",
                )
                label = [embedding(inputs[1])]
        if hierarchical_latent:
            first, *chunks = ops.split(latents, blocks + 1, axis=1)
            conditions = [
                ops.concatenate([chunk, *label], axis=1) if label else chunk
                for chunk in chunks
            ]
        else:
            first = latents
            conditions = [label[0] if label else None] * blocks

        width = widths[0] * base_channels
        images = spectral(
            layers.Dense(
                4 * 4 * width,
                kernel_initializer=initializer.clone(),
                dtype=policy,
                name="first_linear",
            )
        )(first)
        images = layers.Reshape((4, 4, width), dtype=policy, name="first_images")(
            images
        )
        if data_format == "channels_first":
            images = ops.transpose(images, (0, 3, 1, 2))
        for number, (units, condition) in enumerate(
            zip(widths[1:], conditions, strict=True), 1
        ):
            block = GeneratorBlock(
                units * base_channels,
                kernel_initializer=initializer.clone(),
                spectral_normalization=spectral_normalization,
                data_format=data_format,
                upsampling=upsampling,
                unit_gain=unit_gain,
                momentum=momentum,
                epsilon=epsilon,
                dtype=policy,
                name=f"block_{number}",
            )
            images = block(images) if condition is None else block(images, condition)
            if number in attention_blocks:
                images = SelfAttention2D(
                    spectral_normalization,
                    initializer.clone(),
                    data_format=data_format,
                    dtype=policy,
                    name=f"attention_{number}",
                )(images)
        images = BatchNormalization(
            momentum, epsilon, data_format=data_format, dtype=policy, name="last_norm"
        )(images)
        images = spectral(
            layers.Conv2D(
                channels,
                3,
                padding="same",
                kernel_initializer=initializer.clone(),
                data_format=data_format,
                dtype=policy,
                name="last_convolution",
            )
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
        self.hierarchical_latent = hierarchical_latent
        self.embedding_dim = embedding_dim
        self.attention_blocks = attention_blocks
        self.spectral_normalization = spectral_normalization
        self.upsampling = upsampling
        self.unit_gain = unit_gain
        self.kernel_initializer = initializer
        self.momentum = momentum
        self.epsilon = epsilon
        self.data_format = data_format
        self.image_shape = (image_size, image_size, channels)


@keras.saving.register_keras_serializable("keras_s3gan")
class BigGANDiscriminator(Discriminator):
    """The discriminator of BigGAN for square images of 32 to 512 pixels.

    Args:
        image_size: 32, 64, 128, 256 or 512.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. The paper's `ch`. Defaults to `96`.
        attention_blocks: block numbers (from 1) after which self-attention follows.
            Defaults to `()`.
        spectral_normalization: `None`, a bool or a dict of arguments of
            `SpectralNormalization`. Defaults to `True`.
        identity_shortcut: bool. See `DiscriminatorBlock`. Defaults to `True`.
        kernel_initializer: Defaults to `"orthogonal"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size` or an attention block does
            not exist.
    """

    def __init__(
        self,
        image_size=128,
        channels=3,
        num_classes=None,
        base_channels=96,
        attention_blocks=(),
        spectral_normalization=True,
        identity_shortcut=True,
        kernel_initializer="orthogonal",
        data_format=None,
        name="discriminator",
        **kwargs,
    ):
        widths = DISCRIMINATOR_CHANNELS[
            check_choice("image_size", image_size, DISCRIMINATOR_CHANNELS)
        ]
        attention_blocks = _check_attention(attention_blocks, len(widths))
        data_format = data_formats.standardize(data_format)
        initializer = keras.initializers.get(kernel_initializer)
        policy = keras.dtype_policies.get(kwargs.get("dtype"))
        inputs = keras.Input(
            data_formats.image_shape(image_size, image_size, channels, data_format),
            name="images",
        )
        images = inputs
        for number, units in enumerate(widths, 1):
            images = DiscriminatorBlock(
                units * base_channels,
                kernel_initializer=initializer.clone(),
                spectral_normalization=spectral_normalization,
                data_format=data_format,
                downsample=number < len(widths),
                identity_shortcut=identity_shortcut,
                dtype=policy,
                name=f"block_{number}",
            )(images)
            if number in attention_blocks:
                images = SelfAttention2D(
                    spectral_normalization,
                    initializer.clone(),
                    data_format=data_format,
                    dtype=policy,
                    name=f"attention_{number}",
                )(images)
        features = sum_over_positions(ops.relu(images), data_format)
        logits = with_spectral_normalization(
            layers.Dense(
                1,
                kernel_initializer=initializer.clone(),
                dtype=policy,
                name="last_linear",
            ),
            spectral_normalization,
        )(features)
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
        self.attention_blocks = attention_blocks
        self.identity_shortcut = identity_shortcut
        self.kernel_initializer = initializer
