"""Penalties on the gradient of the discriminator's logit with respect to the image."""

import keras
from keras import ops

from keras_s3gan import backend, deprecation
from keras_s3gan.penalties.penalty import Penalty

POINTS = ("real", "fake", "both", "between", "around_real")


@deprecation.renamed_arguments(rows="labels_one_hot")
def squared_gradient_norms(discriminator, images, labels_one_hot=None):
    """Squared length of the gradient of each image's logit with respect to the image.

    Args:
        discriminator: `keras_s3gan.networks.Discriminator`, or any other callable of
            `(images, labels=…, training=…)` with `variables` that returns logits first.
        images: `[N, …]`.
        labels_one_hot: `[N, num_classes]` or `None`.

    Returns:
        float32 `[N]`, differentiable.

    Example:
        >>> labels_one_hot = to_one_hot(labels, num_classes=10)
        >>> squared_gradient_norms(discriminator, images, labels_one_hot).shape
        (64,)
    """

    def logits(images):
        return discriminator(images, labels=labels_one_hot, training=True)[0]

    gradients = backend.input_gradient(logits, images, discriminator.variables)
    gradients = ops.reshape(ops.cast(gradients, "float32"), (images.shape[0], -1))
    return ops.sum(ops.square(gradients), axis=1)


@keras.saving.register_keras_serializable("keras_s3gan")
class GradientPenalty(Penalty):
    """Penalizes the norm of the discriminator's gradient at chosen points.

    `mean((‖∇D(x)‖ - target)²)`, for a target of 0 `mean(‖∇D(x)‖²)`, with `x` by
    `points`. The gradient is that of the images in [-1, 1], whatever `image_range` the
    discriminator has.

    | points | x |
    | --- | --- |
    | `"real"` | a real image |
    | `"fake"` | a generated image |
    | `"both"` | both, of which the penalties are added |
    | `"between"` | real + α (fake - real), α uniform in [0, 1] for each image |
    | `"around_real"` | real + σ u, u uniform in [-½, ½] for each value, clipped; σ is |
    | | the standard deviation of all values of the real batch |

    Names stand for the published ones:

    | name | points | target | weight |
    | --- | --- | --- | --- |
    | `"wasserstein_gradient_penalty"` | `"between"` | 1 | 10 |
    | `"dragan"` | `"around_real"` | 1 | 10 |
    | `"r1"` | `"real"` | 0 | 5: γ / 2 for γ = 10 |
    | `"r2"` | `"fake"` | 0 | 5: likewise |
    | `"r1_r2"` | `"both"` | 0 | 5: likewise |

    Args:
        points: `"real"`, `"fake"`, `"both"`, `"between"` or `"around_real"`. Defaults
            to `"between"`.
        target: float >= 0. Defaults to `1.0`.
        one_sided: bool. Penalize only norms above the target. Defaults to
            `False`.
        clip: pair of floats, the range of images, for `"around_real"`. Defaults to
            `(-1.0, 1.0)`.
        epsilon: float > 0. Added to the squared norm, whose root has no gradient at
            zero. Defaults to `1e-4`.

    Call arguments: those of a `Penalty` that acts on images. Points between real and
        generated images have the labels of the real ones.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if `points` is not known, `target` is negative, or `epsilon` is not
            positive.

    Example:
        >>> gan = GAN(generator, discriminator, penalty="r1")
        >>> gan = GAN(generator, discriminator, penalty=GradientPenalty("real", 0.0))

    Reference:
        - Gulrajani et al., 2017, https://arxiv.org/abs/1704.00028
        - DRAGAN: Kodali et al., 2017, https://arxiv.org/abs/1705.07215
        - R1, R2: Mescheder et al., 2018, https://arxiv.org/abs/1801.04406
        - one-sided: Petzka et al., 2018, https://arxiv.org/abs/1709.08894
    """

    differentiates = True

    def __init__(
        self,
        points="between",
        target=1.0,
        one_sided=False,
        clip=(-1.0, 1.0),
        epsilon=1e-4,
    ):
        if points not in POINTS:
            raise ValueError(
                f"`points` must be one of {POINTS}. Received: points={points}"
            )
        if target < 0:
            raise ValueError(
                f"`target` must not be negative. Received: target={target}"
            )
        if epsilon <= 0:
            raise ValueError(f"`epsilon` must be positive. Received: epsilon={epsilon}")
        self.points = points
        self.target = target
        self.one_sided = one_sided
        self.clip = tuple(clip)
        self.epsilon = epsilon

    @property
    def default_weight(self):
        return 10.0 if self.target else 5.0

    @deprecation.renamed_arguments(
        rows="labels_one_hot", fake_rows="fake_labels_one_hot"
    )
    def __call__(
        self,
        discriminator,
        real,
        fake,
        labels_one_hot=None,
        fake_labels_one_hot=None,
        seed=None,
    ):
        images = self._images(real, fake, seed)
        labels = fake_labels_one_hot if self.points == "fake" else labels_one_hot
        if self.points == "both" and labels is not None:
            labels = ops.concatenate([labels, fake_labels_one_hot])
        squares = squared_gradient_norms(discriminator, images, labels)
        if self.target:
            excess = ops.sqrt(squares + self.epsilon) - self.target
            squares = ops.square(ops.relu(excess) if self.one_sided else excess)
        # The sum of the two means, as there are as many images of either kind.
        return (2.0 if self.points == "both" else 1.0) * ops.mean(squares)

    def _images(self, real, fake, seed):
        if self.points == "real":
            return real
        if self.points == "fake":
            return fake
        if self.points == "both":
            return ops.concatenate([real, fake])
        if self.points == "between":
            alpha = _uniform(real.shape[0], (1,) * (len(real.shape) - 1), seed)
            return real + alpha * (fake - real)
        noise = _uniform(real.shape[0], real.shape[1:], seed) - 0.5
        return ops.clip(real + _deviation(real) * noise, *self.clip)

    def get_config(self):
        return {
            "points": self.points,
            "target": self.target,
            "one_sided": self.one_sided,
            "clip": self.clip,
            "epsilon": self.epsilon,
        }


def _uniform(count, shape, seed):
    """`[count, *shape]` in [0, 1), this replica's part of what is drawn for all."""
    total = (count * backend.replica_count(), *shape)
    return backend.replica_part(keras.random.uniform(total, seed=seed))


def _deviation(images):
    """Standard deviation of all values of the batch, over all replicas."""
    (mean,) = backend.replica_mean(ops.mean(images))
    (variance,) = backend.replica_mean(ops.mean(ops.square(images - mean)))
    return ops.sqrt(variance)
