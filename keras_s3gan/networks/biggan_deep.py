"""BigGAN-deep: twice the blocks of BigGAN, each with a bottleneck.

Reference:
    - Brock et al., 2019, appendix B, https://arxiv.org/abs/1809.11096
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.bottleneck_block import BottleneckBlock
from keras_s3gan.networks.conditioning import condition_of
from keras_s3gan.networks.layer_factory import LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, check_choice
from keras_s3gan.networks.normalization import (
    check_unconditional,
    is_conditional,
    plain,
)

# Channels in units of `base_channels`, from the first feature map to the last.
GENERATOR_CHANNELS = {
    32: (4,) * 8,
    64: (16, 16, 16, 16, 8, 8, 4, 4, 2),
    128: (16, 16, 16, 16, 8, 8, 4, 4, 2, 2, 1),
    256: (16, 16, 16, 16, 8, 8, 8, 8, 4, 4, 2, 2, 1),
    512: (16, 16, 16, 16, 8, 8, 8, 8, 4, 4, 2, 2, 1, 1, 1),
}
DISCRIMINATOR_CHANNELS = {
    32: (2,) * 8,
    64: (2, 4, 4, 8, 8, 16, 16, 16, 16),
    128: (1, 2, 2, 4, 4, 8, 8, 16, 16, 16, 16),
    256: (1, 2, 2, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16),
    512: (1, 1, 1, 2, 2, 4, 4, 8, 8, 8, 8, 16, 16, 16, 16),
}
ATTENTION_SIZE = 64


@keras.saving.register_keras_serializable("keras_s3gan")
class BigGANDeepGenerator(Generator):
    """The generator of BigGAN-deep for square images of 32 to 512 pixels.

    The whole latent and the class embedding enter the first layer and every block.
    Self-attention follows at 64 pixels.

    Args:
        image_size: 32, 64, 128, 256 or 512.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator.
        latent_dim: int. Defaults to `128`.
        base_channels: int. The paper's `ch`. Defaults to `128`.
        embedding_dim: int. Length of the shared class embedding; `0` gives the blocks
            the one-hot labels themselves. Defaults to `128`.
        normalization: of the blocks, see `normalization.scheme_of`; the last one is a
            plain one of the same kind. Defaults to `"conditional_batch"`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        upsampling: `"nearest"` or another, see `upsample`.
        kernel_initializer: Defaults to `"orthogonal"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`.

    Example:
        >>> generator = BigGANDeepGenerator(32, base_channels=16, num_classes=10)
        >>> latents, labels = keras.random.normal((8, 128)), keras.ops.eye(10)[:8]
        >>> generator([latents, labels]).shape
        (8, 32, 32, 3)

    Reference:
        - Brock et al., 2019, appendix B, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        image_size=128,
        channels=3,
        num_classes=None,
        latent_dim=128,
        base_channels=128,
        embedding_dim=128,
        normalization="conditional_batch",
        kernel_normalization="spectral",
        upsampling="nearest",
        kernel_initializer="orthogonal",
        data_format=None,
        name="generator",
        **kwargs,
    ):
        widths = GENERATOR_CHANNELS[
            check_choice("image_size", image_size, GENERATOR_CHANNELS)
        ]
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
        vectors = inputs[0]
        if labels is not None:
            if embedding_dim:
                labels = factory.embed(labels, embedding_dim)
            vectors = ops.concatenate([vectors, labels], axis=1)
        condition = None
        if is_conditional(normalization):
            condition = condition_of(normalization, vectors)
        width = widths[0] * base_channels
        images = factory.as_images(
            factory.dense(vectors, 4 * 4 * width, "first_linear"),
            4,
            width,
            "first_images",
        )
        size = 4
        for number, units in enumerate(widths[1:], 1):
            grows = number % 2 == 0
            images = factory.block(
                BottleneckBlock,
                images,
                units * base_channels,
                "up" if grows else None,
                f"block_{number}",
                condition,
            )
            size = 2 * size if grows else size
            if grows and size == ATTENTION_SIZE:
                images = factory.attention(images, f"attention_{number}")
        factory.normalization = plain(normalization)
        images = ops.relu(factory.normalize(images, "last_norm"))
        images = factory.convolution(images, channels, 3, "last_convolution")
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class BigGANDeepDiscriminator(Discriminator):
    """The discriminator of BigGAN-deep for square images of 32 to 512 pixels.

    Args:
        image_size: 32, 64, 128, 256 or 512.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. The paper's `ch`. Defaults to `128`.
        normalization: `None`, `"layer"` or `"batch"`, see `normalization.scheme_of`.
            Defaults to `None`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        kernel_initializer: Defaults to `"orthogonal"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size`, or the normalization is
            conditional.

    Example:
        >>> discriminator = BigGANDeepDiscriminator(32, 3, 10, base_channels=16)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Brock et al., 2019, appendix B, https://arxiv.org/abs/1809.11096
    """

    def __init__(
        self,
        image_size=128,
        channels=3,
        num_classes=None,
        base_channels=128,
        normalization=None,
        kernel_normalization="spectral",
        kernel_initializer="orthogonal",
        data_format=None,
        image_range=(-1.0, 1.0),
        name="discriminator",
        **kwargs,
    ):
        widths = DISCRIMINATOR_CHANNELS[
            check_choice("image_size", image_size, DISCRIMINATOR_CHANNELS)
        ]
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
        images = factory.convolution(
            images, widths[0] * base_channels, 3, "first_convolution"
        )
        size = image_size
        for number, units in enumerate(widths[1:], 1):
            shrinks = number % 2 == 1
            images = factory.block(
                BottleneckBlock,
                images,
                units * base_channels,
                "down" if shrinks else None,
                f"block_{number}",
            )
            size = size // 2 if shrinks else size
            if not shrinks and size == ATTENTION_SIZE:
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
