"""The networks of R3GAN: residual blocks without normalization.

Reference:
    - Huang et al., 2024, https://arxiv.org/abs/2501.05441
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.basis import DiscriminativeBasis, GenerativeBasis
from keras_s3gan.networks.layer_factory import LayerFactory
from keras_s3gan.networks.modern_block import ModernBlock, fan_in_initializer
from keras_s3gan.networks.network import Discriminator, Generator, doublings
from keras_s3gan.validation import check_integer

# Up to this size all images have the same channels; beyond it there are half as many
# after each doubling.
_FULL_WIDTH_SIZE = 32


def _stages(image_size, width, cardinality, blocks_per_resolution):
    """Channels and groups at 4, 8, … `image_size` pixels: list of pairs.

    Raises:
        ValueError: if there are none.
    """
    sizes = [4 * 2**number for number in range(doublings(image_size) + 1)]
    check_integer("width", width)
    check_integer("cardinality", cardinality)
    check_integer("blocks_per_resolution", blocks_per_resolution)
    divisors = [max(1, size // _FULL_WIDTH_SIZE) for size in sizes]
    stages = [(width // by, max(1, cardinality // by)) for by in divisors]
    if width % divisors[-1] or any(2 * filters % groups for filters, groups in stages):
        raise ValueError(
            f"With image_size={image_size} `width` must be a multiple of "
            f"{divisors[-1]}, and `cardinality` divide twice the channels at each "
            f"resolution. Received: width={width}, cardinality={cardinality}"
        )
    return stages


@keras.saving.register_keras_serializable("keras_s3gan")
class ModernGenerator(Generator):
    """The generator of R3GAN.

    A learnt image of 4x4 pixels, times a linear function of latent and class embedding
    for each channel; residual blocks without normalization at each resolution; a 1x1
    convolution to the colours. A tanh keeps the images in [-1, 1], which the original
    leaves open.

    Args:
        image_size: a power of two from 8. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator.
        latent_dim: int. Defaults to `64`.
        width: int. Channels of the images of 4 to 32 pixels; beyond, half as many after
            each doubling. Defaults to `768`.
        cardinality: int. Groups of the 3x3 convolutions where the images have `width`
            channels, halved with them. A group has 2 × width / cardinality channels.
            Defaults to `96`.
        blocks_per_resolution: int. Residual blocks at each resolution. Defaults to `2`.
        embedding_dim: int. Length of the class embedding. Defaults to `64`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`, `width` and `cardinality`.

    Example:
        >>> generator = ModernGenerator(32, 3, 10, width=16, cardinality=2)
        >>> latents, labels = keras.random.normal((8, 64)), keras.ops.eye(10)[:8]
        >>> generator([latents, labels]).shape
        (8, 32, 32, 3)

    Reference:
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        num_classes=None,
        latent_dim=64,
        width=768,
        cardinality=96,
        blocks_per_resolution=2,
        embedding_dim=64,
        data_format=None,
        name="generator",
        **kwargs,
    ):
        stages = _stages(image_size, width, cardinality, blocks_per_resolution)
        data_format = data_formats.standardize(data_format)
        dtype = kwargs.get("dtype")
        factory = LayerFactory(
            fan_in_initializer(), data_format=data_format, dtype=dtype
        )
        inputs, labels = self.make_inputs(latent_dim, num_classes)
        vectors = inputs[0]
        if labels is not None:
            embedding = factory.dense(
                labels, embedding_dim, "class_embedding", use_bias=False
            )
            vectors = ops.concatenate([vectors, embedding], axis=1)
        vectors = factory.dense(vectors, width, "first_linear", use_bias=False)
        images = GenerativeBasis(data_format=data_format, dtype=dtype, name="basis")(
            vectors
        )
        for stage, (filters, groups) in enumerate(stages):
            for number in range(blocks_per_resolution):
                images = ModernBlock(
                    filters,
                    groups,
                    len(stages) * blocks_per_resolution,
                    "up" if stage and number == 0 else None,
                    data_format,
                    dtype=dtype,
                    name=f"block_{stage}_{number}",
                )(images)
        images = factory.convolution(
            images, channels, 1, "last_convolution", use_bias=False
        )
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class ModernDiscriminator(Discriminator):
    """The discriminator of R3GAN.

    It mirrors the generator: a 1x1 convolution from the colours, residual blocks
    without normalization at each resolution, and an inner product of each channel with
    a learnt image of 4x4 pixels. These are the features.

    Without normalization of any kind it needs a penalty on both kinds of images, such
    as `"r1_r2"` or `"finite_differences"`.

    Args:
        image_size: a power of two from 8. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        width, cardinality, blocks_per_resolution: as in `ModernGenerator`. There are
            `width` features.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size`, `width` and `cardinality`.

    Example:
        >>> discriminator = ModernDiscriminator(32, 3, 10, width=16, cardinality=2)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        num_classes=None,
        width=768,
        cardinality=96,
        blocks_per_resolution=2,
        data_format=None,
        image_range=(-1.0, 1.0),
        name="discriminator",
        **kwargs,
    ):
        stages = _stages(image_size, width, cardinality, blocks_per_resolution)
        data_format = data_formats.standardize(data_format)
        dtype = kwargs.get("dtype")
        factory = LayerFactory(
            fan_in_initializer(), data_format=data_format, dtype=dtype
        )
        inputs = self.make_input(image_size, channels, data_format)
        images = factory.convolution(
            inputs, stages[-1][0], 1, "first_convolution", use_bias=False
        )
        for stage, (filters, groups) in reversed(list(enumerate(stages))):
            for number in range(blocks_per_resolution):
                shrinks = stage > 0 and number == blocks_per_resolution - 1
                images = ModernBlock(
                    stages[stage - 1][0] if shrinks else filters,
                    groups,
                    len(stages) * blocks_per_resolution,
                    "down" if shrinks else None,
                    data_format,
                    dtype=dtype,
                    name=f"block_{stage}_{number}",
                )(images)
        features = DiscriminativeBasis(data_format, dtype=dtype, name="basis")(images)
        logits = factory.dense(features, 1, "last_linear", use_bias=False)
        super().__init__(
            keras.Model(inputs, [logits, features], name="trunk"),
            num_classes,
            data_format=data_format,
            image_range=image_range,
            name=name,
            **kwargs,
        )
        self._keep_arguments(locals())
