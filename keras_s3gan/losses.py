"""Adversarial losses: functions of discriminator logits.

Each has two sides, `discriminator` and `generator`; both return scalars in float32.
"""

import keras
from keras import ops

from keras_s3gan import backend


class AdversarialLoss:
    """Base of the losses: two sides of one game.

    A subclass gives `discriminator_parts` and `generator`; it has no state.

    Attributes:
        relativistic: bool. Whether the generator's loss needs real logits, which cost
            the discriminator another batch.
    """

    relativistic = False

    def discriminator_parts(self, real_logits, fake_logits):
        """The discriminator's loss on real and on generated images.

        Args:
            real_logits: `[N, 1]`.
            fake_logits: `[M, 1]`.

        Returns:
            Two scalars.
        """
        raise TypeError(f"{type(self).__name__} must define `discriminator_parts`.")

    def discriminator(self, real_logits, fake_logits):
        """The discriminator's loss; arguments as in `discriminator_parts`."""
        return sum(self.discriminator_parts(real_logits, fake_logits))

    def generator(self, fake_logits, real_logits=None):
        """The generator's loss.

        Args:
            fake_logits: `[M, 1]`, of its images.
            real_logits: `[N, 1]`; of no account unless the loss is `relativistic`.

        Returns:
            A scalar.
        """
        raise TypeError(f"{type(self).__name__} must define `generator`.")

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def _mean(values):
    return ops.mean(ops.cast(values, "float32"))


def _softplus_mean(logits):
    return ops.mean(ops.softplus(ops.cast(logits, "float32")))


@keras.saving.register_keras_serializable("keras_s3gan")
class NonSaturating(AdversarialLoss):
    """Cross-entropy; the generator maximises the log-probability of being real.

    StyleGAN's "non-saturating logistic" loss is the same function, so `"logistic"` is
    another name of this class.

    Reference:
        - Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661
        - StyleGAN: Karras et al., 2019, https://arxiv.org/abs/1812.04948
    """

    def discriminator_parts(self, real_logits, fake_logits):
        return _softplus_mean(-real_logits), _softplus_mean(fake_logits)

    def generator(self, fake_logits, real_logits=None):
        return _softplus_mean(-fake_logits)


@keras.saving.register_keras_serializable("keras_s3gan")
class Wasserstein(AdversarialLoss):
    """Difference of mean logits; wants a penalty or a normalized discriminator.

    Reference:
        - Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875
    """

    def discriminator_parts(self, real_logits, fake_logits):
        return -_mean(real_logits), _mean(fake_logits)

    def generator(self, fake_logits, real_logits=None):
        return -_mean(fake_logits)


@keras.saving.register_keras_serializable("keras_s3gan")
class LeastSquares(AdversarialLoss):
    """Squared distance of probabilities to 0 and 1, halved.

    Works on the sigmoid of the logits, as Compare GAN does.

    Reference:
        - Mao et al., 2017, https://arxiv.org/abs/1611.04076
    """

    def discriminator_parts(self, real_logits, fake_logits):
        real = ops.sigmoid(ops.cast(real_logits, "float32"))
        fake = ops.sigmoid(ops.cast(fake_logits, "float32"))
        return 0.5 * _mean(ops.square(real - 1.0)), 0.5 * _mean(ops.square(fake))

    def generator(self, fake_logits, real_logits=None):
        fake = ops.sigmoid(ops.cast(fake_logits, "float32"))
        return 0.5 * _mean(ops.square(fake - 1.0))


@keras.saving.register_keras_serializable("keras_s3gan")
class Hinge(AdversarialLoss):
    """Hinge loss: logits beyond the margin of 1 count for nothing.

    Reference:
        - Lim & Ye, 2017, https://arxiv.org/abs/1705.02894
    """

    def discriminator_parts(self, real_logits, fake_logits):
        real = ops.relu(1.0 - ops.cast(real_logits, "float32"))
        fake = ops.relu(1.0 + ops.cast(fake_logits, "float32"))
        return ops.mean(real), ops.mean(fake)

    def generator(self, fake_logits, real_logits=None):
        return -_mean(fake_logits)


@keras.saving.register_keras_serializable("keras_s3gan")
class RelativisticAverageHinge(AdversarialLoss):
    """Hinge loss on how much more real an image looks than the average of the others.

    With `r = D(x) - mean D(x̃)` and `f = D(x̃) - mean D(x)`: the discriminator's loss is
    `mean(relu(1 - r)) + mean(relu(1 + f))`, the generator's the same with both signs
    turned. Not halved, as in the paper's formula; some implementations halve it.

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
    """

    relativistic = True

    def discriminator_parts(self, real_logits, fake_logits):
        return self._margins(real_logits, fake_logits)

    def generator(self, fake_logits, real_logits=None):
        if real_logits is None:
            raise ValueError(
                "A relativistic loss compares: the generator's side needs the logits "
                "of real images. Received: real_logits=None"
            )
        return sum(self._margins(fake_logits, real_logits))

    def _margins(self, higher, lower):
        """Losses of logits that should lie above, and below, the others' average."""
        higher, lower = ops.cast(higher, "float32"), ops.cast(lower, "float32")
        means = backend.replica_mean(ops.mean(higher), ops.mean(lower))
        above = ops.relu(1.0 - (higher - means[1]))
        below = ops.relu(1.0 + (lower - means[0]))
        return ops.mean(above), ops.mean(below)


LOSSES = {
    "non_saturating": NonSaturating,
    "logistic": NonSaturating,
    "wasserstein": Wasserstein,
    "least_squares": LeastSquares,
    "hinge": Hinge,
    "relativistic_average_hinge": RelativisticAverageHinge,
}


def get(identifier):
    """A loss by name, by configuration, or as it is.

    Raises:
        ValueError: if there is no such loss.
    """
    if isinstance(identifier, AdversarialLoss):
        return identifier
    if isinstance(identifier, type) and issubclass(identifier, AdversarialLoss):
        return identifier()
    if isinstance(identifier, str) and identifier in LOSSES:
        return LOSSES[identifier]()
    if isinstance(identifier, dict):
        return keras.saving.deserialize_keras_object(identifier)
    raise ValueError(
        f"`loss` must be an AdversarialLoss or one of {sorted(LOSSES)}. "
        f"Received: loss={identifier}"
    )


def rotation_cross_entropy(logits, labels):
    """Mean cross-entropy of rotation logits.

    Args:
        logits: `[N, 4]`.
        labels: integers `[N]`.
    """
    logits = ops.cast(logits, "float32")
    return ops.mean(
        ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    )


def has_label(rows):
    """`[..., N]`: 1 for rows `[..., N, num_classes]` that are a label, 0 for zeros."""
    return ops.cast(ops.sum(rows, axis=-1) > 0.5, "float32")


def labelled_cross_entropy(logits, rows, available, count=None):
    """Mean cross-entropy over the images that have a label; 0 if none has.

    Args:
        logits: `[N, num_classes]`.
        rows: `[N, num_classes]` one-hot or soft labels.
        available: `[N]`, 1 where there is a label and 0 elsewhere.
        count: as in `labelled_mean`.
    """
    logits = ops.cast(logits, "float32")
    entropy = ops.categorical_crossentropy(rows, logits, from_logits=True)
    return labelled_mean(entropy, available, count)


def labelled_mean(values, available, count=None):
    """Mean of `values` where `available` is 1; 0 if it is nowhere.

    With replicas, where one may have more labels than another, it is their mean that is
    the mean over the whole batch.

    Args:
        values, available: `[N]`.
        count: scalar: how many are available in a piece of the whole batch on average,
            where the images are one piece of it. The mean over all pieces is then that
            over the whole batch. Defaults to `labelled_count(available)`.
    """
    if count is None:
        count = labelled_count(available)
    return ops.sum(values * available) / ops.where(count > 0, count, 1.0)


def labelled_count(available):
    """Sum of `available`; with replicas, its mean over them."""
    (count,) = backend.replica_mean(ops.sum(available))
    return count
