"""What random changes of images have in common."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers import data_formats
from keras_s3gan.layers.random_state import SavedRandomState

# From this many degrees on a quarter turn in the one direction looks like the other.
QUARTER_TURN = 45


class ImageAugmentation(SavedRandomState, keras.layers.Layer):
    """Base of the layers that change each image by a random amount of its own.

    A subclass defines `draw` and `transform`, so that several images can be changed in
    the same way. At inference the layer returns its input.

    Args:
        seed: int or `None`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, H, W, C]` or `[N, C, H, W]`, any float dtype.
        training: bool. Whether to augment.

    Returns:
        A tensor of the shape of `images`, in the compute dtype.

    Attributes:
        turns: bool. Whether an image may be turned so far that its rotation cannot be
            predicted any more.
        metric_names: tuple of strings. What `observe` returns values of.

    Example:
        >>> class Darker(ImageAugmentation):
        ...     def draw(self, count):
        ...         return self.uniform(count)
        ...
        ...     def transform(self, images, parameters):
        ...         return images - keras.ops.reshape(parameters, (-1, 1, 1, 1))
        >>> Darker(seed=0)(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 3)
    """

    turns = False
    metric_names: tuple[str, ...] = ()

    def __init__(self, seed=None, data_format=None, **kwargs):
        super().__init__(**kwargs)
        self.seed = seed
        self.data_format = data_formats.standardize(data_format)
        self.random = keras.random.SeedGenerator(seed)
        # A GAN calls `apply`, which would not build it.
        self.built = True

    def draw(self, count):
        """Random parameters of `count` images: tensors `[count, …]`, in any structure.

        Args:
            count: int.
        """
        raise TypeError(f"{type(self).__name__} must define `draw`.")

    def transform(self, images, parameters):
        """Images changed by parameters of `draw`, with gradients through it.

        Args:
            images: float32 `[N, H, W, C]`, on every data format.
            parameters: what `draw` returned, of as many images.
        """
        raise TypeError(f"{type(self).__name__} must define `transform`.")

    def apply(self, images, parameters):
        """`transform` of images in the layer's data format, in its compute dtype."""
        images = ops.cast(images, "float32")
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 2, 3, 1))
        images = self.transform(images, parameters)
        if self.data_format == "channels_first":
            images = ops.transpose(images, (0, 3, 1, 2))
        return ops.cast(images, self.compute_dtype)

    def observe(self, realness):
        """Sees what came of real images; an adaptive augmentation learns from it.

        Args:
            realness: `[N, 1]`, constants: above 0 where the discriminator takes an
                augmented real image for real, see `losses.AdversarialLoss.realness`.

        Returns:
            Dict from `metric_names` to scalars.
        """
        return {}

    def call(self, images, training=False):
        if not training:
            return images
        return self.apply(images, self.draw(ops.shape(images)[0]))

    def uniform(self, count, low=0.0, high=1.0, shape=()):
        """`[count, *shape]` in [low, high), this replica's part of what all draw."""
        # Each image changes as it does without replicas.
        total = (count * backend.replica_count(), *shape)
        return backend.replica_part(
            keras.random.uniform(total, low, high, "float32", seed=self.random)
        )

    def normal(self, count, shape=()):
        """`[count, *shape]` of deviation 1, likewise."""
        total = (count * backend.replica_count(), *shape)
        return backend.replica_part(
            keras.random.normal(total, dtype="float32", seed=self.random)
        )

    def compute_output_shape(self, images_shape):
        return images_shape

    def get_config(self):
        return {
            **super().get_config(),
            "seed": self.seed,
            "data_format": self.data_format,
        }


def chosen(operations, allowed):
    """The chosen operations, in the order of the allowed ones.

    Args:
        operations: sequence of names, or one name.
        allowed: names in order.

    Raises:
        ValueError: if there is none, or a name is not allowed.
    """
    given = [operations] if isinstance(operations, str) else list(operations)
    if not given or not set(given).issubset(allowed):
        raise ValueError(
            f"`operations` must be one or more of {list(allowed)}. "
            f"Received: operations={operations}"
        )
    return tuple(name for name in allowed if name in given)
