"""Augmentation: small random translations, rotations and zooms of images."""

import math

import keras
from keras import ops

from keras_s3gan.layers.affine_sampling import sample_affine
from keras_s3gan.layers.image_augmentation import QUARTER_TURN, ImageAugmentation


@keras.saving.register_keras_serializable("keras_s3gan")
class RandomAffine(ImageAugmentation):
    """Translates, rotates and zooms each image by a random amount of its own.

    All three are one interpolation. Pixels outside the image repeat its border. At
    inference the layer returns its input.

    Args:
        translation: float in [0, 1). Maximum translation along either axis, as a
            fraction of the image size. Defaults to `0.125`.
        rotation: float in [0, 180]. Maximum rotation in either direction, in degrees.
            Keep it well under 45 where rotations are predicted. Defaults to `0`.
        zoom: float in [0, 1). Maximum change of scale, as a fraction. Defaults to `0`.
        horizontal_flip: bool. Whether to flip with probability ½. Defaults to `False`.
        seed: int or `None`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, S, S, C]` or `[N, C, S, S]`, any float dtype.
        training: bool. Whether to augment.

    Returns:
        A tensor of the shape of `images`, in the compute dtype.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> augmentation = RandomAffine(translation=0.1, rotation=10, zoom=0.1, seed=0)
        >>> augmentation(keras.ops.zeros((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 3)
    """

    def __init__(
        self,
        translation=0.125,
        rotation=0.0,
        zoom=0.0,
        horizontal_flip=False,
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(seed, data_format, **kwargs)
        for name, value, allowed, fits in (
            ("translation", translation, "[0, 1)", 0 <= translation < 1),
            ("rotation", rotation, "[0, 180]", 0 <= rotation <= 180),
            ("zoom", zoom, "[0, 1)", 0 <= zoom < 1),
        ):
            if not fits:
                raise ValueError(
                    f"`{name}` must be in {allowed}. Received: {name}={value}"
                )
        self.translation = translation
        self.rotation = rotation
        self.zoom = zoom
        self.horizontal_flip = horizontal_flip

    @property
    def turns(self):
        return self.rotation >= QUARTER_TURN

    def transform(self, images, parameters):
        maps = self._maps(*images.shape[1:3], *parameters)
        return sample_affine(images, maps, "nearest")

    def draw(self, count):
        angle, zoom, down, right = (self.uniform(count, -1.0) for _ in range(4))
        mirror = ops.ones_like(angle)
        if self.horizontal_flip:
            mirror = ops.sign(self.uniform(count, -1.0) + 1e-9)
        return angle, zoom, down, right, mirror

    def _maps(self, height, width, angle, zoom, down, right, mirror):
        """Affine maps `[N, 2, 3]` from places in the outputs to the inputs."""
        angle = angle * math.radians(self.rotation)
        scale = 1.0 + zoom * self.zoom
        cosine, sine = ops.cos(angle) * scale, ops.sin(angle) * scale
        right = right * self.translation * width
        down = down * self.translation * height
        maps = [cosine * mirror, -sine, right, sine * mirror, cosine, down]
        return ops.reshape(ops.stack(maps, axis=-1), (-1, 2, 3))

    def get_config(self):
        return {
            **super().get_config(),
            "translation": self.translation,
            "rotation": self.rotation,
            "zoom": self.zoom,
            "horizontal_flip": self.horizontal_flip,
        }
