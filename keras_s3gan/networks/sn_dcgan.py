"""SN-DCGAN: the convolutional networks of spectral normalization.

Reference:
    - Miyato et al., 2018, table 3, https://arxiv.org/abs/1802.05957
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.conditioning import generator_condition
from keras_s3gan.networks.layer_factory import NORMAL, LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, halvings
from keras_s3gan.networks.normalization import check_unconditional


@keras.saving.register_keras_serializable("keras_s3gan")
class SNDCGANGenerator(Generator):
    """The generator of SN-DCGAN.

    Args:
        image_size: int >= 8. Defaults to `32`.
        channels, num_classes, latent_dim: as in `DCGANGenerator`.
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
        >>> SNDCGANGenerator(32)([keras.random.normal((8, 128))]).shape
        (8, 32, 32, 3)

    Reference:
        - Miyato et al., 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
        image_size=32,
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
        *sizes, seed = halvings(image_size, 3)
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
        # Unlike the others, this normalization has moments for each pixel.
        vectors = factory.dense(inputs[0], seed * seed * width, "first_linear")
        vectors = factory.normalize(vectors, "normalization_1", condition)
        images = factory.as_images(ops.relu(vectors), seed, width, "first_images")
        filters = (4 * base_channels, 2 * base_channels, base_channels)
        for number, (size, count) in enumerate(
            zip(sizes[::-1], filters, strict=True), 2
        ):
            images = factory.transposed_convolution(
                images, count, 4, size, f"convolution_{number}"
            )
            images = factory.normalize(images, f"normalization_{number}", condition)
            images = ops.relu(images)
        images = factory.transposed_convolution(
            images, channels, 3, image_size, "convolution_5", strides=1
        )
        images = factory.image_values(images, "tanh")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class SNDCGANDiscriminator(Discriminator):
    """The discriminator of SN-DCGAN.

    Args:
        image_size: int >= 8. Defaults to `32`.
        channels, num_classes: as in `DCGANDiscriminator`.
        base_channels: int. Channels of the first hidden map. Defaults to `64`.
        normalization: after all convolutions but the first: `None` (the paper's),
            `"layer"` or `"batch"`, see `normalization.scheme_of`. Defaults to `None`.
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
        >>> discriminator = SNDCGANDiscriminator(32, num_classes=10)
        >>> images = keras.random.normal((8, 32, 32, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Miyato et al., 2018, https://arxiv.org/abs/1802.05957
    """

    def __init__(
        self,
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
        halvings(image_size, 3)
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
        for number, units in enumerate((1, 2, 2, 4, 4, 8, 8), 1):
            halves = number % 2 == 0
            images = factory.convolution(
                images,
                units * base_channels,
                4 if halves else 3,
                f"convolution_{number}",
                strides=2 if halves else 1,
            )
            if number > 1:
                images = factory.normalize(images, f"normalization_{number}")
            images = ops.leaky_relu(images, 0.1)
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
