"""BigGAN: residual networks with a hierarchical latent and a shared class embedding.

Reference:
    - Brock et al., 2019, https://arxiv.org/abs/1809.11096
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.conditioning import block_conditions, split_latents
from keras_s3gan.networks.layer_factory import LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, check_choice
from keras_s3gan.networks.normalization import check_unconditional, plain
from keras_s3gan.networks.residual_block import ResidualBlock

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


def check_attention(blocks, count):
    """Block numbers as a sorted tuple, from 1."""
    blocks = tuple(sorted(blocks or ()))
    for block in blocks:
        check_choice("attention_blocks", block, range(1, count + 1))
    return blocks


@keras.saving.register_keras_serializable("keras_s3gan")
class BigGANGenerator(Generator):
    """The generator of BigGAN for square images of 32 to 512 pixels.

    The latent is split into one chunk for the first linear layer and one per block. The
    condition of a block's normalizations is its chunk and the class embedding.

    Args:
        image_size: 32, 64, 128, 256 or 512.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator.
        latent_dim: int. Defaults to `120`.
        base_channels: int. The paper's `ch`. Defaults to `96`.
        hierarchical_latent: bool. Whether each block has its chunk of the latent.
            `latent_dim` must then be a multiple of the number of blocks + 1. If not,
            the whole latent is the input of the first layer only. Defaults to `True`.
        embedding_dim: int. Length of the shared class embedding; `0` gives the blocks
            the one-hot labels themselves. Defaults to `128`.
        attention_blocks: block numbers (from 1) after which self-attention follows.
            Defaults to `()`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        normalization: of the blocks, see `normalization.scheme_of`; the last one is a
            plain one of the same kind. Defaults to `"conditional_batch"`.
        upsampling: `"nearest"` or another, see `upsample`.
        kernel_initializer: Defaults to `"orthogonal"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`, an attention block does not
            exist, the hierarchy does not divide `latent_dim`, or the normalization
            does not fit the classes.

    Example:
        >>> generator = BigGANGenerator(32, num_classes=10, base_channels=16)
        >>> latents, labels = keras.random.normal((8, 120)), keras.ops.eye(10)[:8]
        >>> generator([latents, labels]).shape
        (8, 32, 32, 3)

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
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
        kernel_normalization="spectral",
        normalization="conditional_batch",
        upsampling="nearest",
        kernel_initializer="orthogonal",
        data_format=None,
        name="generator",
        **kwargs,
    ):
        widths = GENERATOR_CHANNELS[
            check_choice("image_size", image_size, GENERATOR_CHANNELS)
        ]
        blocks = len(widths) - 1
        attention_blocks = check_attention(attention_blocks, blocks)
        data_format = data_formats.standardize(data_format)
        kernel_initializer = keras.initializers.get(kernel_initializer)
        factory = LayerFactory(
            kernel_initializer,
            kernel_normalization,
            normalization,
            data_format,
            kwargs.get("dtype"),
            upsampling,
        )
        inputs, labels = self.make_inputs(latent_dim, num_classes)
        if labels is not None and embedding_dim:
            labels = factory.embed(labels, embedding_dim)
        first, chunks = split_latents(inputs[0], blocks, hierarchical_latent)
        conditions = block_conditions(
            normalization, chunks, hierarchical_latent, labels
        )
        width = widths[0] * base_channels
        images = factory.as_images(
            factory.dense(first, 4 * 4 * width, "first_linear"),
            4,
            width,
            "first_images",
        )
        for number, (units, condition) in enumerate(
            zip(widths[1:], conditions, strict=True), 1
        ):
            images = factory.block(
                ResidualBlock,
                images,
                units * base_channels,
                "up",
                f"block_{number}",
                condition,
            )
            if number in attention_blocks:
                images = factory.attention(images, f"attention_{number}")
        factory.normalization = plain(normalization)
        images = ops.relu(factory.normalize(images, "last_norm"))
        images = factory.convolution(images, channels, 3, "last_convolution")
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


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
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        normalization: `None` or `"layer"`, see `normalization.scheme_of`. Defaults to
            `None`.
        identity_shortcut: bool. Whether a block that keeps the number of channels has a
            shortcut; Compare GAN's has none. Defaults to `True`.
        kernel_initializer: Defaults to `"orthogonal"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size` or an attention block does
            not exist.

    Example:
        >>> discriminator = BigGANDiscriminator(32, base_channels=16, num_classes=10)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        image_size=128,
        channels=3,
        num_classes=None,
        base_channels=96,
        attention_blocks=(),
        kernel_normalization="spectral",
        normalization=None,
        identity_shortcut=True,
        kernel_initializer="orthogonal",
        data_format=None,
        image_range=(-1.0, 1.0),
        name="discriminator",
        **kwargs,
    ):
        widths = DISCRIMINATOR_CHANNELS[
            check_choice("image_size", image_size, DISCRIMINATOR_CHANNELS)
        ]
        attention_blocks = check_attention(attention_blocks, len(widths))
        check_unconditional(normalization)
        data_format = data_formats.standardize(data_format)
        kernel_initializer = keras.initializers.get(kernel_initializer)
        factory = LayerFactory(
            kernel_initializer,
            kernel_normalization,
            normalization,
            data_format,
            kwargs.get("dtype"),
        )
        inputs = images = self.make_input(image_size, channels, data_format)
        for number, units in enumerate(widths, 1):
            images = factory.block(
                ResidualBlock,
                images,
                units * base_channels,
                "down" if number < len(widths) else None,
                f"block_{number}",
                shortcut="identity" if identity_shortcut else "none",
            )
            if number in attention_blocks:
                images = factory.attention(images, f"attention_{number}")
        features = factory.pool(ops.relu(images), "sum")
        logits = factory.dense(features, 1, "last_linear")
        super().__init__(
            keras.Model(inputs, [logits, features], name="trunk"),
            num_classes,
            kernel_normalization,
            data_format,
            image_range,
            name=name,
            **kwargs,
        )
        self._keep_arguments(locals())
