"""InfoGAN: two linear layers and two convolutions.

Reference:
    - Chen et al., 2016, https://arxiv.org/abs/1606.03657
"""

import keras
from keras import ops

from keras_s3gan.layers import data_formats
from keras_s3gan.networks.conditioning import generator_condition
from keras_s3gan.networks.layer_factory import NORMAL, LayerFactory
from keras_s3gan.networks.network import Discriminator, Generator, check_choice
from keras_s3gan.networks.normalization import check_unconditional


def _check_size(image_size):
    if image_size < 8 or image_size % 4:
        check_choice("image_size", image_size, ["a multiple of 4 from 8"])


@keras.saving.register_keras_serializable("keras_s3gan")
class InfoGANGenerator(Generator):
    """The generator of InfoGAN.

    Args:
        image_size: a multiple of 4 from 8. Defaults to `28`.
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
        >>> InfoGANGenerator(28)([keras.random.normal((8, 128))]).shape
        (8, 28, 28, 3)

    Reference:
        - Chen et al., 2016, https://arxiv.org/abs/1606.03657
    """

    def __init__(
        self,
        image_size=28,
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
        _check_size(image_size)
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

        def activate(values, name):
            return ops.leaky_relu(factory.normalize(values, name, condition), 0.2)

        seed, width = image_size // 4, 2 * base_channels
        vectors = factory.dense(inputs[0], 16 * base_channels, "first_linear")
        vectors = activate(vectors, "normalization_1")
        vectors = factory.dense(vectors, seed * seed * width, "second_linear")
        vectors = activate(vectors, "normalization_2")
        images = factory.as_images(vectors, seed, width, "first_images")
        images = factory.transposed_convolution(
            images, base_channels, 4, 2 * seed, "convolution_3"
        )
        images = activate(images, "normalization_3")
        images = factory.transposed_convolution(
            images, channels, 4, image_size, "convolution_4"
        )
        images = factory.image_values(images, "sigmoid")
        super().__init__(inputs=inputs, outputs=images, name=name, **kwargs)
        self._keep_arguments(locals())


@keras.saving.register_keras_serializable("keras_s3gan")
class InfoGANDiscriminator(Discriminator):
    """The discriminator of InfoGAN.

    Args:
        image_size: a multiple of 4 from 8. Defaults to `28`.
        channels, num_classes: as in `DCGANDiscriminator`.
        base_channels: int. Channels of the first hidden map. Defaults to `64`.
        normalization: before all activations but the first: `None`, `"layer"` or
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
        >>> discriminator = InfoGANDiscriminator(28, num_classes=10)
        >>> images = keras.random.normal((8, 28, 28, 3))
        >>> logits, features = discriminator(images, labels=keras.ops.eye(10)[:8])
        >>> logits.shape
        (8, 1)

    Reference:
        - Chen et al., 2016, https://arxiv.org/abs/1606.03657
    """

    def __init__(
        self,
        image_size=28,
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
        _check_size(image_size)
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
            images, base_channels, 4, "convolution_1", strides=2
        )
        images = ops.leaky_relu(images, 0.2)
        images = factory.convolution(
            images, 2 * base_channels, 4, "convolution_2", strides=2
        )
        images = ops.leaky_relu(factory.normalize(images, "normalization_2"), 0.2)
        vectors = factory.dense(
            factory.flatten(images), 16 * base_channels, "third_linear"
        )
        features = ops.leaky_relu(factory.normalize(vectors, "normalization_3"), 0.2)
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
