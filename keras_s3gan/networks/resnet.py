"""The residual networks of WGAN-GP (5 and 30 blocks) and SNGAN (CIFAR and STL).

Reference:
    - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
    - Miyato et al., 2018, tables 4 and 5, https://arxiv.org/abs/1802.05957
"""

from typing import NamedTuple

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.conditioning import (
    block_conditions,
    condition_of,
    split_latents,
)
from keras_s3gan.networks.layer_factory import NORMAL, LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, check_choice
from keras_s3gan.networks.normalization import check_unconditional, scheme_of
from keras_s3gan.networks.residual_block import ResidualBlock

_Block = tuple[float, str | None]  # channels, resampling


class Layout(NamedTuple):
    """An architecture; channels are in units of `base_channels`."""

    image_sizes: tuple[int, ...]
    seed: tuple[int, int]  # size and channels of the generator's first images
    generator: tuple[_Block, ...]
    discriminator: tuple[_Block, ...]
    first_convolution: float = 0  # channels, before the discriminator's blocks
    last_norm: bool = True  # normalization and relu after the generator's blocks
    normalized_ends: bool = False  # kernels of the generator's first and last layer
    features: str = "mean"  # of the discriminator's last images, or "flat"


def _layout_5(image_size):
    doublings = (image_size // 4).bit_length() - 1
    return Layout(
        image_sizes=(8, 16, 32, 64, 128),
        seed=(4, 8),
        generator=tuple(
            (units, "up" if number < doublings else None)
            for number, units in enumerate((8, 4, 4, 2, 1))
        ),
        discriminator=tuple((units, "down") for units in (1, 2, 4, 4, 8, 8)),
    )


def _layout_30(image_size):
    units = (8, 4, 2, 1, 1 / 2, 1 / 4)
    generator, discriminator = [], []
    for this, after in zip(units, (*units[1:], None), strict=True):
        generator += [(this, None)] * 5 + ([(after, "up")] if after else [])
    for this, after in zip(units[::-1], (*units[-2::-1], None), strict=True):
        discriminator += [(this, None)] * 5 + ([(after, "down")] if after else [])
    return Layout(
        image_sizes=(128,),
        seed=(4, 8),
        generator=tuple(generator),
        discriminator=tuple(discriminator),
        first_convolution=1 / 4,
        last_norm=False,
        features="flat",
    )


def _layout_cifar(image_size):
    return Layout(
        image_sizes=(32,),
        seed=(4, 4),
        generator=((4, "up"),) * 3,
        discriminator=((2, "down"), (2, "down"), (2, None), (2, None)),
        normalized_ends=True,
    )


def _layout_stl(image_size):
    return Layout(
        image_sizes=(48,),
        seed=(6, 8),
        generator=((4, "up"), (2, "up"), (1, "up")),
        discriminator=tuple((units, "down") for units in (1, 2, 4, 8)) + ((16, None),),
    )


ARCHITECTURES = {
    "resnet5": _layout_5,
    "resnet30": _layout_30,
    "resnet_cifar": _layout_cifar,
    "resnet_stl": _layout_stl,
}


def _layout(architecture, image_size):
    layout = ARCHITECTURES[check_choice("architecture", architecture, ARCHITECTURES)](
        image_size
    )
    check_choice("image_size", image_size, layout.image_sizes)
    return layout


@keras.saving.register_keras_serializable("keras_s3gan")
class ResNetGenerator(Generator):
    """The generator of a residual architecture.

    Args:
        architecture: `"resnet5"` (8 to 128 pixels), `"resnet30"` (128),
            `"resnet_cifar"` (32) or `"resnet_stl"` (48).
        image_size: int. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator. With classes the
            normalization must be conditional.
        latent_dim: int. Defaults to `128`.
        base_channels: int. Defaults to `64`.
        hierarchical_latent: bool. Whether the first layer and each block have their own
            chunk of the latent. Defaults to `False`.
        embed_latent: bool. Whether to start with a linear layer on the latent. Defaults
            to `False`.
        embed_label: bool. Whether to start with a linear layer on the one-hot labels,
            to the length of the latent. Defaults to `False`.
        normalization: see `normalization.scheme_of`. Defaults to `"batch"`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to `None`.
        upsampling: `"nearest"` or another, see `upsample`.
        kernel_initializer: Defaults to normal, with a standard deviation of 0.02.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if the architecture has no network of `image_size`, the hierarchy
            does not divide `latent_dim`, or the normalization does not fit the classes.

    Example:
        >>> ResNetGenerator("resnet_cifar")([keras.random.normal((8, 128))]).shape
        (8, 32, 32, 3)

    Reference:
        - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
        - Miyato et al., 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
        architecture="resnet_cifar",
        image_size=32,
        channels=3,
        num_classes=None,
        latent_dim=128,
        base_channels=64,
        hierarchical_latent=False,
        embed_latent=False,
        embed_label=False,
        normalization="batch",
        kernel_normalization=None,
        upsampling="nearest",
        kernel_initializer=NORMAL,
        data_format=None,
        name="generator",
        **kwargs,
    ):
        layout = _layout(architecture, image_size)
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
        plain_ends = not layout.normalized_ends
        inputs, labels = self.make_inputs(latent_dim, num_classes)
        latents = inputs[0]
        if embed_latent:
            latents = factory.dense(latents, latent_dim, "latent_embedding")
        if embed_label and labels is not None:
            labels = factory.dense(labels, latent_dim, "class_embedding")
        first, chunks = split_latents(
            latents, len(layout.generator), hierarchical_latent
        )
        conditions = block_conditions(
            normalization, chunks, hierarchical_latent, labels
        )
        size, units = layout.seed
        width = units * base_channels
        images = factory.as_images(
            factory.dense(first, size * size * width, "first_linear", plain=plain_ends),
            size,
            width,
            "first_images",
        )
        for number, ((units, resampling), condition) in enumerate(
            zip(layout.generator, conditions, strict=True), 1
        ):
            images = factory.block(
                ResidualBlock,
                images,
                int(units * base_channels),
                resampling,
                f"block_{number}",
                condition,
                shortcut_kernel_size=3,
            )
        if layout.last_norm:
            modulated = scheme_of(normalization) == "self_modulated_batch"
            condition = condition_of(
                normalization, latents if modulated else None, labels
            )
            images = ops.relu(factory.normalize(images, "last_norm", condition))
        images = factory.convolution(
            images, channels, 3, "last_convolution", plain=plain_ends
        )
        images = factory.image_values(images, "sigmoid")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class ResNetDiscriminator(Discriminator):
    """The discriminator of a residual architecture.

    Args:
        architecture, image_size, channels: as in `ResNetGenerator`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. Defaults to `64`.
        normalization: `None`, `"layer"` or `"batch"`, see `normalization.scheme_of`.
            Defaults to `None`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        kernel_initializer: Defaults to normal, with a standard deviation of 0.02.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if the architecture has no network of `image_size`, or the
            normalization is conditional.

    Example:
        >>> discriminator = ResNetDiscriminator("resnet_cifar", num_classes=10)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
        - Miyato et al., 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
        architecture="resnet_cifar",
        image_size=32,
        channels=3,
        num_classes=None,
        base_channels=64,
        normalization=None,
        kernel_normalization="spectral",
        kernel_initializer=NORMAL,
        data_format=None,
        image_range=(-1.0, 1.0),
        name="discriminator",
        **kwargs,
    ):
        layout = _layout(architecture, image_size)
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
        if layout.first_convolution:
            width = int(layout.first_convolution * base_channels)
            images = factory.convolution(
                images, width, 3, "first_convolution", plain=True
            )
        for number, (units, resampling) in enumerate(layout.discriminator, 1):
            images = factory.block(
                ResidualBlock,
                images,
                int(units * base_channels),
                resampling,
                f"block_{number}",
                shortcut_kernel_size=3,
            )
        if layout.features == "flat":
            features = factory.flatten(images)
        else:
            features = factory.pool(ops.relu(images), layout.features)
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
