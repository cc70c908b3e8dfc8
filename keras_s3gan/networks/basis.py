"""From vectors to images and back, by a learnt image of each channel."""

import math

import keras
from keras import ops

from keras_s3gan.layers import data_formats


@keras.saving.register_keras_serializable("keras_s3gan")
class GenerativeBasis(keras.layers.Layer):
    """Images whose every channel is a learnt image times a number.

    Args:
        image_size: int. Height and width. Defaults to `4`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        vectors: `[N, C]`.

    Returns:
        `[N, image_size, image_size, C]` (or `[N, C, image_size, image_size]`).

    Example:
        >>> GenerativeBasis()(keras.ops.ones((8, 64))).shape
        (8, 4, 4, 64)

    Reference:
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(self, image_size=4, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.image_size = image_size
        self.data_format = data_formats.standardize(data_format)

    def build(self, vectors_shape):
        self.basis = self.add_weight(
            name="basis",
            shape=(self.image_size, self.image_size, vectors_shape[-1]),
            initializer=keras.initializers.RandomNormal(stddev=1.0),
        )

    def call(self, vectors):
        images = ops.expand_dims(vectors, (1, 2)) * self.basis
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 3, 1, 2))
        return images

    def compute_output_shape(self, vectors_shape):
        size = self.image_size
        return (
            vectors_shape[0],
            *data_formats.image_shape(size, size, vectors_shape[1], self.data_format),
        )

    def get_config(self):
        return {
            **super().get_config(),
            "image_size": self.image_size,
            "data_format": self.data_format,
        }


@keras.saving.register_keras_serializable("keras_s3gan")
class DiscriminativeBasis(keras.layers.Layer):
    """Inner product of each channel with a learnt image.

    It is a depthwise convolution whose kernel is as large as the images.

    Args:
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, H, W, C]` (or `[N, C, H, W]`).

    Returns:
        `[N, C]`.

    Example:
        >>> DiscriminativeBasis()(keras.ops.ones((8, 4, 4, 64))).shape
        (8, 64)

    Reference:
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(self, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.data_format = data_formats.standardize(data_format)

    def build(self, images_shape):
        height, width = (
            images_shape[axis] for axis in data_formats.spatial_axes(self.data_format)
        )
        self.basis = self.add_weight(
            name="basis",
            shape=(
                *(height, width),
                data_formats.channels(images_shape, self.data_format),
            ),
            initializer=keras.initializers.RandomNormal(
                stddev=1.0 / math.sqrt(height * width)
            ),
        )

    def call(self, images):
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 2, 3, 1))
        return ops.sum(images * self.basis, axis=(1, 2))

    def compute_output_shape(self, images_shape):
        return images_shape[0], data_formats.channels(images_shape, self.data_format)

    def get_config(self):
        return {**super().get_config(), "data_format": self.data_format}
