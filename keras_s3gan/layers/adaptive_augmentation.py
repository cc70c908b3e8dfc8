"""ADA: augmentation as strong as a discriminator needs it."""

import math

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.affine_sampling import sample_affine
from keras_s3gan.layers.augmentation_pipe import (
    AMOUNTS,
    COLOR,
    GEOMETRY,
    OPERATIONS,
    affine_maps,
    amounts,
    recolored,
)
from keras_s3gan.layers.image_augmentation import (
    QUARTER_TURN,
    ImageAugmentation,
    chosen,
)


@keras.saving.register_keras_serializable("keras_s3gan")
class AdaptiveAugmentation(ImageAugmentation):
    """Applies each of many operations to an image with probability p.

    p grows while the discriminator is sure of too many real images, which is a sign of
    overfitting, and shrinks otherwise: after every `interval` batches by
    `sign(mean sign D(x) - target) · images / speed`. For a loss that compares logits of
    real and generated images, which have no zero of their own, the sign is that of
    `D(x) - D(x̃)`.

    | operation | amount, n normal of deviation 1 |
    | --- | --- |
    | `"flip"` | mirrored or not |
    | `"quarter_turns"` | 0 to 3 |
    | `"integer_translation"` | whole pixels, up to 1/8 of the size on either axis |
    | `"scale"` | by `2^(0.2 n)` |
    | `"rotation"` | up to `rotation`, before and after the next one |
    | `"anisotropic_scale"` | width by `2^(0.2 n)`, height by its inverse |
    | `"fractional_translation"` | `n / 8` of the size on either axis |
    | `"brightness"` | `x + 0.2 n` |
    | `"contrast"` | `x 2^(0.5 n)` |
    | `"luma_flip"` | brightness m to -m, the mean over the channels; or not |
    | `"hue"` | turned about the gray axis by any angle; of 3 channels only |
    | `"saturation"` | `m + 2^n (x - m)` |

    In this order; the published operations and amounts, without filters, noise and
    cutout. All geometry is one bilinear interpolation, outside of the image of its
    mirror image. The published one filters before and after it, so that it keeps
    smaller details, and has less aliasing where it makes an image smaller.

    At inference the layer returns its input.

    Args:
        operations: sequence of operations. Defaults to all.
        probability: float in [0, 1], or `None` for the rule above. Defaults to `None`.
        ramp_images: int >= 0. Number of real images over which a given probability is
            reached from 0, along half a cosine. Defaults to `0`.
        target: float in [-1, 1]. Mean sign that p is steered to. Defaults to `0.6`.
        speed: int >= 1. Number of images in which p can grow from 0 to 1. Defaults to
            `500000`.
        interval: int >= 1. Batches from one change of p to the next. Defaults to `4`.
        rotation: float in (0, 180]. Largest angle of `"rotation"`, in degrees. Defaults
            to `180`.
        seed: int or `None`.
        data_format: `"channels_last"`, `"channels_first"` or `None` (Keras' setting).

    Call arguments:
        images: `[N, H, W, C]` or `[N, C, H, W]` in [-1, 1], any float dtype.
        training: bool. Whether to augment.

    Returns:
        A tensor of the shape of `images`, in the compute dtype.

    Attributes:
        p: scalar variable. The probability now; a GAN has it as a metric,
            `augmentation_probability`.

    Raises:
        ValueError: if an operation is not known, or an argument is out of range.

    Example:
        >>> augmentation = AdaptiveAugmentation(["flip", "scale", "hue"], speed=100000)
        >>> gan = GAN(generator, discriminator, augmentation=augmentation)
        >>> fixed = AdaptiveAugmentation(probability=0.55, ramp_images=20_000_000)
        >>> fixed(keras.ops.ones((8, 32, 32, 3)), training=True).shape
        (8, 32, 32, 3)

    Reference:
        - Karras et al., 2020, https://arxiv.org/abs/2006.06676
        - a probability that grows: Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    metric_names = ("augmentation_probability",)

    def __init__(
        self,
        operations=OPERATIONS,
        probability=None,
        ramp_images=0,
        target=0.6,
        speed=500_000,
        interval=4,
        rotation=180.0,
        seed=None,
        data_format=None,
        **kwargs,
    ):
        super().__init__(seed, data_format, **kwargs)
        self.operations = chosen(operations, OPERATIONS)
        given = 0.0 if probability is None else probability
        for name, value, allowed, fits in (
            ("probability", probability, "None or in [0, 1]", 0 <= given <= 1),
            ("ramp_images", ramp_images, "at least 0", ramp_images >= 0),
            ("target", target, "in [-1, 1]", -1 <= target <= 1),
            ("speed", speed, "at least 1", speed >= 1),
            ("interval", interval, "an int, at least 1", interval >= 1),
            ("rotation", rotation, "in (0, 180]", 0 < rotation <= 180),
        ):
            if not fits:
                raise ValueError(
                    f"`{name}` must be {allowed}. Received: {name}={value}"
                )
        if ramp_images and probability is None:
            raise ValueError(
                "`ramp_images` needs a probability, which it leads to. "
                f"Received: ramp_images={ramp_images}, probability=None"
            )
        self.probability = probability
        self.ramp_images = ramp_images
        self.target = target
        self.speed = speed
        self.interval = interval
        self.rotation = rotation
        self.p = self._state("p")
        self.p.assign(0.0 if ramp_images else given)
        self.batches = self._state("batches", "int32")
        self.images = self._state("images", "int32")
        self.sum_of_signs = self._state("sum_of_signs")

    def _state(self, name, dtype="float32"):
        return self.add_weight(
            name=name,
            shape=(),
            dtype=dtype,
            initializer="zeros",
            trainable=False,
            autocast=False,
        )

    @property
    def turns(self):
        rotates = "rotation" in self.operations and self.rotation >= QUARTER_TURN
        return "quarter_turns" in self.operations or rotates

    def draw(self, count):
        return amounts(
            self.uniform(count, shape=(len(AMOUNTS), 3)),
            self.normal(count, shape=(len(AMOUNTS), 2)),
            ops.convert_to_tensor(self.p),
            self.operations,
            math.radians(self.rotation),
        )

    def transform(self, images, parameters):
        if set(GEOMETRY).intersection(self.operations):
            maps = affine_maps(parameters, *images.shape[1:3])
            images = sample_affine(images, maps, "reflect")
        if set(COLOR).intersection(self.operations):
            images = recolored(images, parameters)
        return images

    def observe(self, realness):
        count = realness.shape[0] * backend.replica_count()
        if self.probability is None:
            self._steer(realness, count)
        else:
            self.images.assign_add(count)
            share = ops.cast(self.images, "float32") / max(self.ramp_images, 1)
            rise = 0.5 - 0.5 * ops.cos(math.pi * ops.minimum(share, 1.0))
            self.p.assign(self.probability * rise)
        return {"augmentation_probability": ops.convert_to_tensor(self.p)}

    def _steer(self, realness, count):
        signs = ops.mean(ops.sign(ops.cast(realness, "float32")))
        (signs,) = backend.replica_mean(signs)
        self.batches.assign_add(1)
        self.sum_of_signs.assign_add(signs)
        due = ops.cast(self.batches % self.interval == 0, "float32")
        direction = ops.sign(self.sum_of_signs / self.interval - self.target)
        change = direction * (self.interval * count / self.speed)
        self.p.assign(ops.clip(self.p + due * change, 0.0, 1.0))
        self.sum_of_signs.assign(self.sum_of_signs * (1.0 - due))

    def get_config(self):
        return {
            **super().get_config(),
            "operations": list(self.operations),
            "probability": self.probability,
            "ramp_images": self.ramp_images,
            "target": self.target,
            "speed": self.speed,
            "interval": self.interval,
            "rotation": self.rotation,
        }
