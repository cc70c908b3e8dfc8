"""Base classes of the generators and discriminators."""

import inspect
import math

import keras

from keras_s3gan.layers import data_formats
from keras_s3gan.layers.class_projection import ClassProjection

# What a discriminator may see.
IMAGE_RANGES = ((-1.0, 1.0), (0.0, 1.0))


def check_choice(name, value, choices):
    """`value`, if it is one of `choices`.

    Raises:
        ValueError: that names both.
    """
    if value not in choices:
        raise ValueError(
            f"`{name}` must be one of {sorted(choices)}. Received: {name}={value}"
        )
    return value


def halvings(image_size, count):
    """`image_size`, and the size after each of `count` halvings, rounded up.

    Raises:
        ValueError: if the image is too small.
    """
    if image_size < 2**count:
        raise ValueError(
            f"`image_size` must be at least {2**count}. "
            f"Received: image_size={image_size}"
        )
    return [-(-image_size // 2**number) for number in range(count + 1)]


def doublings(image_size):
    """How many times 4 pixels are doubled to reach `image_size`.

    Raises:
        ValueError: if that is not possible.
    """
    count = math.log2(image_size / 4) if image_size >= 8 else 0.5
    if count != int(count):
        raise ValueError(
            "`image_size` must be a power of two from 8. "
            f"Received: image_size={image_size}"
        )
    return int(count)


class Configured:
    """Mixin of a model whose arguments are attributes of the same names.

    Not a subclass of `keras.Model`: Keras turns every base of a functional model into a
    functional one.
    """

    @classmethod
    def _argument_names(cls):
        names = inspect.signature(cls.__init__).parameters
        return [name for name in names if name not in ("self", "kwargs", "name")]

    def _keep_arguments(self, arguments):
        """Makes attributes of the arguments; the last line of an `__init__`.

        Args:
            arguments: `locals()` of `__init__`, which may have standardized some.
        """
        for name in self._argument_names():
            setattr(self, name, arguments[name])
        # A functional model ignores the dtype policy that it is given.
        self.dtype_policy = keras.dtype_policies.get(arguments["kwargs"].get("dtype"))

    def get_config(self):
        config = {name: getattr(self, name) for name in self._argument_names()}
        if "kernel_initializer" in config:
            config["kernel_initializer"] = keras.initializers.serialize(
                self.kernel_initializer
            )
        return {
            **config,
            "name": self.name,
            "trainable": self.trainable,
            "dtype": keras.dtype_policies.serialize(self.dtype_policy),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return cls(**config)


class Generator(Configured, keras.Model):
    """Base of the generators: a functional model from latents and labels to images.

    A subclass calls `super().__init__(inputs=…, outputs=…)` with the inputs that
    `make_inputs` gives, and then `_keep_arguments`. Among its arguments are:

    Args:
        image_size: int.
        channels: int.
        latent_dim: int.
        num_classes: int, or `None` for an unconditional generator.
        data_format: `"channels_last"` or `"channels_first"`.

    Call arguments:
        inputs: `[latents, labels]`: `[N, latent_dim]` and one-hot or soft labels
            `[N, num_classes]`, see `to_one_hot`; or `[latents]` without classes.

    Returns:
        Images in [-1, 1], float32, `[N, H, W, C]` (or `[N, C, H, W]`).

    Example:
        >>> class DenseGenerator(Generator):
        ...     def __init__(self, image_size=8, latent_dim=4, **kwargs):
        ...         channels, num_classes, data_format = 1, None, "channels_last"
        ...         inputs, _ = self.make_inputs(latent_dim, num_classes)
        ...         x = keras.layers.Dense(image_size**2, activation="tanh")(inputs[0])
        ...         images = keras.layers.Reshape((image_size, image_size, 1))(x)
        ...         super().__init__(inputs=inputs, outputs=images, **kwargs)
        ...         self._keep_arguments(locals())
        >>> DenseGenerator()([keras.random.normal((2, 4))]).shape
        (2, 8, 8, 1)
    """

    @staticmethod
    def make_inputs(latent_dim, num_classes):
        """The list of inputs, and the input of the labels, or `None`."""
        inputs = [keras.Input((latent_dim,), name="latents")]
        if num_classes is None:
            return inputs, None
        labels = keras.Input((num_classes,), name="labels")
        return [*inputs, labels], labels

    @property
    def image_shape(self):
        """`(H, W, C)` whatever the data format."""
        return (self.image_size, self.image_size, self.channels)

    def generator_inputs(self, latents, labels):
        """The list of inputs for a call; `labels` is ignored without classes."""
        return [latents] if self.num_classes is None else [latents, labels]


class Discriminator(Configured, keras.Model):
    """Base of the discriminators: images to logits and features.

    Args:
        trunk: functional `keras.Model` from images to `[logits, features]`, of shapes
            `[N, 1]` and `[N, D]`.
        num_classes: int, or `None` for an unconditional discriminator. With classes
            there is a `class_projection`.
        kernel_normalization: of the projection, and of the heads that a GAN adds.
        data_format: `"channels_last"` or `"channels_first"`.
        image_range: range of the images that the trunk sees: `(-1.0, 1.0)` or, as in
            Compare GAN, `(0.0, 1.0)`. It converts them itself. Defaults to
            `(-1.0, 1.0)`.

    Call arguments:
        images: `[N, H, W, C]` (or `[N, C, H, W]`) in [-1, 1], whatever the trunk sees.
        labels: one-hot or soft labels `[N, num_classes]`, or `None`. With labels the
            class projection of the features is added to the logits.
        training: bool.

    Returns:
        `(logits, features)`.

    Raises:
        ValueError: if `image_range` is another one, or labels are given to an
            unconditional discriminator.

    Example:
        >>> images = keras.Input((32, 32, 3))
        >>> features = keras.layers.Flatten()(images)
        >>> trunk = keras.Model(images, [keras.layers.Dense(1)(features), features])
        >>> logits, features = Discriminator(trunk)(keras.ops.zeros((8, 32, 32, 3)))
        >>> logits.shape, features.shape
        ((8, 1), (8, 3072))

    Reference:
        - Miyato & Koyama, 2018, https://arxiv.org/abs/1802.05637
    """

    def __init__(
        self,
        trunk,
        num_classes=None,
        kernel_normalization=None,
        data_format="channels_last",
        image_range=(-1.0, 1.0),
        **kwargs,
    ):
        super().__init__(**kwargs)
        self.trunk = trunk
        self.num_classes = num_classes
        self.kernel_normalization = kernel_normalization
        self.data_format = data_format
        if isinstance(image_range, list):
            image_range = tuple(image_range)
        check_choice("image_range", image_range, IMAGE_RANGES)
        self.image_range = tuple(map(float, image_range))
        self.class_projection = None
        if num_classes is not None:
            self.class_projection = ClassProjection(
                num_classes,
                kernel_normalization=kernel_normalization,
                dtype=self.dtype_policy,
                name="class_projection",
            )
            self.class_projection.build((None, self.feature_dim))
        self.built = True

    def _keep_arguments(self, arguments):
        super()._keep_arguments({**arguments, "image_range": self.image_range})

    @staticmethod
    def make_input(image_size, channels, data_format):
        """The input of a trunk."""
        shape = data_formats.image_shape(image_size, image_size, channels, data_format)
        return keras.Input(shape, name="images")

    @property
    def image_shape(self):
        """`(H, W, C)` whatever the data format."""
        shape = self.trunk.input_shape
        height, width = (
            shape[axis] for axis in data_formats.spatial_axes(self.data_format)
        )
        return height, width, data_formats.channels(shape, self.data_format)

    @property
    def feature_dim(self):
        """Length of the feature vector."""
        return self.trunk.output_shape[1][-1]

    def call(self, images, labels=None, training=False):
        if labels is not None and self.class_projection is None:
            raise ValueError(
                "An unconditional discriminator takes no labels: give it "
                f"`num_classes`. Received: labels of shape {tuple(labels.shape)}"
            )
        if self.image_range == (0.0, 1.0):
            images = (images + 1.0) / 2.0
        logits, features = self.trunk(images, training=training)
        if labels is not None:
            logits = logits + self.class_projection(features, labels)
        return logits, features

    def compute_output_shape(self, images_shape, labels_shape=None):
        return (images_shape[0], 1), (images_shape[0], self.feature_dim)
