"""Rotations of images by multiples of 90 degrees, and the head that predicts them."""

import keras
from keras import ops

from keras_s3gan import deprecation
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.kernel_normalization import with_kernel_normalization

NUM_ROTATIONS = 4


def rotate(images, quarter_turns, data_format="channels_last"):
    """Rotates images counter-clockwise by a multiple of 90 degrees.

    Args:
        images: `[N, S, S, C]` or `[N, C, S, S]`.
        quarter_turns: int. How many times 90 degrees.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        A tensor of the shape of `images`.

    Example:
        >>> image = keras.ops.reshape([1.0, 2.0, 3.0, 4.0], (1, 2, 2, 1))
        >>> rotated = rotate(image, 1, "channels_last")
        >>> keras.ops.convert_to_numpy(rotated).reshape(2, 2)
        array([[2., 4.],
               [1., 3.]], dtype=float32)
    """
    height, width = data_formats.spatial_axes(data_format)
    quarter_turns %= NUM_ROTATIONS
    if quarter_turns == 0:
        return images
    if quarter_turns == 2:
        return ops.flip(images, (height, width))
    order = list(range(4))
    order[height], order[width] = order[width], order[height]
    # A transpose and a vertical flip rotate by 90 degrees.
    return ops.flip(
        ops.transpose(images, order), height if quarter_turns == 1 else width
    )


@deprecation.renamed_arguments(upright="unrotated")
def rotations(images, unrotated=True, data_format="channels_last"):
    """All rotations of a batch, concatenated: `[0°…, 90°…, 180°…, 270°…]`.

    Args:
        images: `[N, S, S, C]` or `[N, C, S, S]`, square.
        unrotated: bool. Whether to start with the unrotated images.
        data_format: `"channels_last"` or `"channels_first"`.

    Returns:
        `[4N, …]`, or `[3N, …]` without the unrotated images.

    Raises:
        ValueError: if the images are not square.

    Example:
        >>> images = keras.ops.ones((8, 32, 32, 3))
        >>> rotations(images, unrotated=True, data_format="channels_last").shape
        (32, 32, 32, 3)
    """
    height, width = data_formats.spatial_axes(data_format)
    if images.shape[height] != images.shape[width]:
        raise ValueError(
            "Only square images can be rotated by 90 degrees. "
            f"Received: images of shape {tuple(images.shape)}"
        )
    turns = range(0 if unrotated else 1, NUM_ROTATIONS)
    return ops.concatenate([rotate(images, turn, data_format) for turn in turns])


def rotation_labels(count):
    """Labels of `rotations`: the number of quarter turns of each image.

    Args:
        count: int. Number of images, N.

    Returns:
        int32 `[4N]`: N zeros, N ones, N twos, N threes.

    Example:
        >>> keras.ops.convert_to_numpy(rotation_labels(2))
        array([0, 0, 1, 1, 2, 2, 3, 3], dtype=int32)
    """
    return ops.repeat(ops.arange(NUM_ROTATIONS, dtype="int32"), count)


@keras.saving.register_keras_serializable("keras_s3gan")
class RotationHead(keras.layers.Layer):
    """A linear classifier of the four rotations on image features.

    Args:
        kernel_normalization: see `with_kernel_normalization`. Defaults to `None`.
        kernel_initializer: Defaults to `"orthogonal"`.

    Call arguments:
        features: `[N, D]`, any float dtype.
        training: bool. Updates the vector of spectral normalization.

    Returns:
        Logits `[N, 4]` in the compute dtype.

    Example:
        >>> RotationHead()(features).shape
        (64, 4)

    Reference:
        - Gidaris et al., 2018, https://arxiv.org/abs/1803.07728
        - Chen et al., 2019, https://arxiv.org/abs/1811.11212
    """

    def __init__(
        self, kernel_normalization=None, kernel_initializer="orthogonal", **kwargs
    ):
        super().__init__(**kwargs)
        self.kernel_normalization = kernel_normalization
        self.kernel_initializer = keras.initializers.get(kernel_initializer)

    def build(self, features_shape):
        self.linear = with_kernel_normalization(
            keras.layers.Dense(
                NUM_ROTATIONS,
                kernel_initializer=self.kernel_initializer.clone(),
                dtype=self.dtype_policy,
                name="linear",
            ),
            self.kernel_normalization,
        )
        self.linear.build(features_shape)

    def call(self, features, training=False):
        return self.linear(features)

    def compute_output_shape(self, features_shape):
        return (features_shape[0], NUM_ROTATIONS)

    def get_config(self):
        return {
            **super().get_config(),
            "kernel_normalization": self.kernel_normalization,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
