"""DCGAN: strided and transposed 5x5 convolutions.

Reference:
    - Radford et al., 2016, https://arxiv.org/abs/1511.06434
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.conditioning import generator_condition
from keras_s3gan.networks.layer_factory import NORMAL, LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, halvings
from keras_s3gan.networks.normalization import check_unconditional


@keras.saving.register_keras_serializable("keras_s3gan")
class DCGANGenerator(Generator):
    """The generator of DCGAN.

    Args:
        image_size: int >= 16. Defaults to `64`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional generator. With classes the
            normalization must be conditional.
        latent_dim: int. Defaults to `128`.
        base_channels: int. Channels of the last hidden map. Defaults to `64`.
        normalization: see `normalization.scheme_of`. Defaults to `"batch"`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to `None`.
        kernel_initializer: Defaults to normal, with a standard deviation of 0.02.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments, Returns: as in `Generator`.

    Raises:
        ValueError: if there is no network of `image_size`, or the normalization does
            not fit the classes.

    Example:
        >>> DCGANGenerator(32)([keras.random.normal((8, 128))]).shape
        (8, 32, 32, 3)

    Reference:
        - Radford et al., 2016, https://arxiv.org/abs/1511.06434
    """

    def __init__(
        self,
        image_size=64,
        channels=3,
        num_classes=None,
        latent_dim=128,
        base_channels=64,
        normalization="batch",
        kernel_normalization=None,
        kernel_initializer=NORMAL,
        data_format=None,
        name="generator",
        **kwargs,
    ):
        *sizes, seed = halvings(image_size, 4)
        data_format = data_formats.standardize(data_format)
        kernel_initializer = keras.initializers.get(kernel_initializer)
        factory = LayerFactory(
            kernel_initializer,
            kernel_normalization,
            normalization,
            data_format,
            kwargs.get("dtype"),
        )
        inputs, labels = self.make_inputs(latent_dim, num_classes)
        condition = generator_condition(normalization, inputs[0], labels)
        width = 8 * base_channels
        images = factory.as_images(
            factory.dense(inputs[0], seed * seed * width, "first_linear"),
            seed,
            width,
            "first_images",
        )
        filters = (4 * base_channels, 2 * base_channels, base_channels, channels)
        for number, (size, count) in enumerate(
            zip(sizes[::-1], filters, strict=True), 1
        ):
            images = factory.normalize(images, f"normalization_{number}", condition)
            images = factory.transposed_convolution(
                ops.relu(images), count, 5, size, f"convolution_{number}"
            )
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class DCGANDiscriminator(Discriminator):
    """The discriminator of DCGAN.

    Args:
        image_size: int >= 16. Defaults to `64`.
        channels: int. Colour channels of the images. Defaults to `3`.
        num_classes: int, or `None` for an unconditional discriminator.
        base_channels: int. Channels of the first hidden map. Defaults to `64`.
        normalization: after all convolutions but the first: `None`, `"layer"` or
            `"batch"`, see `normalization.scheme_of`. Defaults to `None`.
        kernel_normalization: see `with_kernel_normalization`. Defaults to
            `"spectral"`.
        kernel_initializer: Defaults to normal, with a standard deviation of 0.02.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).
        image_range: what the network sees, see `Discriminator`. Defaults to
            `(-1.0, 1.0)`.

    Call arguments, Returns: as in `Discriminator`.

    Raises:
        ValueError: if there is no network of `image_size`, or the normalization is
            conditional.

    Example:
        >>> discriminator = DCGANDiscriminator(32, num_classes=10)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Radford et al., 2016, https://arxiv.org/abs/1511.06434
    """

    def __init__(
        self,
        image_size=64,
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
        halvings(image_size, 4)
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
        for number in (1, 2, 3, 4):
            images = factory.convolution(
                images,
                base_channels * 2 ** (number - 1),
                5,
                f"convolution_{number}",
                strides=2,
            )
            if number > 1:
                images = factory.normalize(images, f"normalization_{number}")
            images = ops.leaky_relu(images, 0.2)
        features = factory.flatten(images)
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
