"""A small pair of convolutional networks, for tests and first experiments.

Reference:
    - Radford et al., 2016, https://arxiv.org/abs/1511.06434
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.layer_factory import LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, doublings

_INITIALIZER = "glorot_uniform"


@keras.saving.register_keras_serializable("keras_s3gan")
class SmallGenerator(Generator):
    """Transposed convolutions with batch normalization, on latents and labels.

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

    Example:
        >>> SmallGenerator(32)([keras.random.normal((8, 64))]).shape
        (8, 32, 32, 3)

    Reference:
        - Radford et al., 2016, https://arxiv.org/abs/1511.06434
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
        count = doublings(image_size)
        data_format = data_formats.standardize(data_format)
        factory = LayerFactory(
            _INITIALIZER,
            normalization="batch",
            data_format=data_format,
            dtype=kwargs.get("dtype"),
        )
        inputs, labels = self.make_inputs(latent_dim, num_classes)
        vectors = inputs[0] if labels is None else ops.concatenate(inputs, axis=1)
        width = base_channels * 2 ** (count - 1)
        images = factory.as_images(
            factory.dense(vectors, 4 * 4 * width, "first_linear"),
            4,
            width,
            "first_images",
        )
        for number in range(count):
            images = ops.relu(factory.normalize(images, f"normalization_{number}"))
            last = number == count - 1
            images = factory.transposed_convolution(
                images,
                channels if last else width // 2 ** (number + 1),
                4,
                8 * 2**number,
                f"convolution_{number}",
            )
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class SmallDiscriminator(Discriminator):
    """Strided convolutions; labels by projection.

    Args:
        image_size: a power of two from 8. Defaults to `32`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. Channels of the first hidden map. Defaults to `32`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size`.

    Example:
        >>> discriminator = SmallDiscriminator(32, num_classes=10)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Radford et al., 2016, https://arxiv.org/abs/1511.06434
    """

    def __init__(
        self,
        image_size=32,
        channels=3,
        num_classes=None,
        base_channels=32,
        kernel_normalization="spectral",
        data_format=None,
        image_range=(-1.0, 1.0),
        name="discriminator",
        **kwargs,
    ):
        count = doublings(image_size)
        data_format = data_formats.standardize(data_format)
        factory = LayerFactory(
            _INITIALIZER,
            kernel_normalization,
            data_format=data_format,
            dtype=kwargs.get("dtype"),
        )
        inputs = images = self.make_input(image_size, channels, data_format)
        for number in range(count):
            images = factory.convolution(
                images,
                base_channels * 2**number,
                4,
                f"convolution_{number}",
                strides=2,
            )
            images = ops.leaky_relu(images, 0.2)
        features = factory.pool(images, "sum")
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
