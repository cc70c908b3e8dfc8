"""DiffAugment: differentiable augmentation of what a discriminator sees."""

import keras
from keras import ops

from keras_s3gan.layers.affine_sampling import take_pixels
from keras_s3gan.layers.image_augmentation import ImageAugmentation, chosen

# What each operation draws, in the order in which it is applied.
_DRAWN = {
    "flip": ("flip",),
    "color": ("brightness", "saturation", "contrast"),
    "translation": ("down", "right"),
    "cutout": ("cutout_down", "cutout_right"),
}


@keras.saving.register_keras_serializable("keras_s3gan")
class DiffAugment(ImageAugmentation):
    """Shifts, cuts and recolors each image by a random amount of its own.

    | operation | what it does, u uniform |
    | --- | --- |
    | `"flip"` | mirrors with probability ½ |
    | `"color"` | brightness `x + u`, u in [-½, ½]; saturation `m + u (x - m)`, m the |
    | | mean over the channels, u in [0, 2]; contrast likewise, m the mean over the |
    | | image, u in [½, 1½] |
    | `"translation"` | by whole pixels, up to 1/8 of the size; zeros outside |
    | `"cutout"` | zeros in a square of half the size, of which a part may be outside |

    In this order. As the `augmentation` of a GAN it changes all images that the
    discriminator sees; the generator's gradient goes through it. At inference the layer
    returns its input.

    Args:
        operations: sequence of operations. Defaults to
            `("color", "translation", "cutout")`.
        seed: int or `None`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, H, W, C]` or `[N, C, H, W]` in [-1, 1], any float dtype.
        training: bool. Whether to augment.

    Returns:
        A tensor of the shape of `images`, in the compute dtype.

    Raises:
        ValueError: if an operation is not known.

    Example:
        >>> augmentation = DiffAugment(("translation", "cutout"), seed=0)
        >>> augmentation(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 3)
        >>> gan = GAN(generator, discriminator, augmentation=augmentation)

    Reference:
        - Zhao et al., 2020, https://arxiv.org/abs/2006.10738
    """

    def __init__(
        self,
        operations=("color", "translation", "cutout"),
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(seed, data_format, **kwargs)
        self.operations = chosen(operations, _DRAWN)

    def draw(self, count):
        names = [name for part in self.operations for name in _DRAWN[part]]
        drawn = self.uniform(count, shape=(len(names),))
        return {name: drawn[:, index] for index, name in enumerate(names)}

    def transform(self, images, parameters):
        if "flip" in self.operations:
            flips = _per_image(parameters["flip"] < 0.5)
            images = ops.where(flips, ops.flip(images, axis=2), images)
        if "color" in self.operations:
            images = _recolored(images, parameters)
        if "translation" in self.operations:
            images = _shifted(images, parameters["down"], parameters["right"])
        if "cutout" in self.operations:
            images = images * _outside_the_square(
                images.shape, parameters["cutout_down"], parameters["cutout_right"]
            )
        return images

    def get_config(self):
        return {**super().get_config(), "operations": list(self.operations)}


def _per_image(values):
    return ops.reshape(values, (-1, 1, 1, 1))


def _recolored(images, parameters):
    images = images + _per_image(parameters["brightness"] - 0.5)
    gray = ops.mean(images, axis=3, keepdims=True)
    images = gray + _per_image(2.0 * parameters["saturation"]) * (images - gray)
    mean = ops.mean(images, axis=(1, 2, 3), keepdims=True)
    return mean + _per_image(parameters["contrast"] + 0.5) * (images - mean)


def _shifted(images, down, right):
    _, height, width, channels = images.shape
    rows = _places(height) - _whole(down, height)
    columns = _places(width) - _whole(right, width)
    shape = (1, height, width)
    every_row = ops.expand_dims(ops.clip(rows, 0, height - 1), 2)
    every_column = ops.expand_dims(ops.clip(columns, 0, width - 1), 1)
    moved = take_pixels(
        images,
        ops.reshape(every_row + ops.zeros(shape, "int32"), (-1, height * width)),
        ops.reshape(every_column + ops.zeros(shape, "int32"), (-1, height * width)),
    )
    moved = ops.reshape(moved, (-1, height, width, channels))
    return moved * _product(_within(rows, 0, height), _within(columns, 0, width))


def _whole(drawn, size):
    """`[N, 1]`: a number of pixels up to an eighth of the size, in either direction."""
    most = int(size / 8 + 0.5)
    return ops.cast(ops.floor(drawn * (2 * most + 1)), "int32")[:, None] - most


def _outside_the_square(shape, down, right):
    """`[N, H, W, 1]`: 0 in a square of half the size, 1 elsewhere."""
    inside = []
    for size, drawn in zip(shape[1:3], (down, right), strict=True):
        side = int(size / 2 + 0.5)
        # Its middle is in the image, or on the border if the side is even.
        middle = ops.floor(drawn * (size + 1 - side % 2))
        start = ops.cast(middle, "int32")[:, None] - side // 2
        inside.append(_within(_places(size), start, start + side))
    return 1.0 - _product(*inside)


def _places(size):
    return ops.arange(size, dtype="int32")[None]


def _within(places, start, end):
    return ops.cast(ops.logical_and(places >= start, places < end), "float32")


def _product(rows, columns):
    """`[N, H]` times `[N, W]`, as `[N, H, W, 1]`."""
    return rows[:, :, None, None] * columns[:, None, :, None]
