"""Adversarial losses of discriminator logits."""

import keras
from keras import ops


class AdversarialLoss:
    """Base of the adversarial losses: the discriminator's and the generator's.

    A subclass defines `discriminator_parts` and `generator`; it has no state.

    Args:
        real_logits: `[N, 1]`, of real images.
        fake_logits: `[M, 1]`, of generated images.

    Returns:
        A scalar in float32, from `discriminator(real_logits, fake_logits)` and from
        `generator(fake_logits, real_logits)`.

    Attributes:
        relativistic: bool. Whether the generator's loss needs the logits of real
            images, so that its update calls the discriminator on those, too.
        paired: bool. Whether it compares each real image with one generated image. In
            a GAN with classes the two have the same label, where the real one has any.

    Example:
        >>> gan.compile("adam", "adam", loss=Hinge())  # or loss="hinge"
    """

    relativistic = False
    paired = False

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
            real_logits: `[N, 1]`. Only a `relativistic` loss uses them.

        Returns:
            A scalar.
        """
        raise TypeError(f"{type(self).__name__} must define `generator`.")

    def realness(self, real_logits, fake_logits):
        """Above 0 where the discriminator takes a real image for real.

        Args:
            real_logits, fake_logits: `[N, 1]`.

        Returns:
            float32 `[N, 1]`: the logits of real images, or their differences from those
            of generated images, if the loss has no zero.
        """
        return ops.cast(real_logits, "float32")

    def get_config(self):
        return {}

    @classmethod
    def from_config(cls, config):
        return cls(**config)


def softplus_mean(logits):
    """The mean of softplus, in float32."""
    return ops.mean(ops.softplus(ops.cast(logits, "float32")))


def differences(real_logits, fake_logits):
    """Differences of pairs of logits, in float32."""
    return ops.cast(real_logits, "float32") - ops.cast(fake_logits, "float32")


def _mean(values):
    return ops.mean(ops.cast(values, "float32"))


@keras.saving.register_keras_serializable("keras_s3gan")
class NonSaturating(AdversarialLoss):
    """Cross-entropy; the generator maximises the log-probability of "real".

    StyleGAN's "non-saturating logistic" loss is the same function: `"logistic"` is
    another name of this class.

    Args, Returns: as in `AdversarialLoss`.

    Example:
        >>> loss = NonSaturating()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.601
        >>> round(float(loss.generator(fake)), 3)
        0.974

    Reference:
        - Goodfellow et al., 2014, https://arxiv.org/abs/1406.2661
        - StyleGAN: Karras et al., 2019, https://arxiv.org/abs/1812.04948
    """

    def discriminator_parts(self, real_logits, fake_logits):
        return softplus_mean(-real_logits), softplus_mean(fake_logits)

    def generator(self, fake_logits, real_logits=None):
        return softplus_mean(-fake_logits)


@keras.saving.register_keras_serializable("keras_s3gan")
class Wasserstein(AdversarialLoss):
    """Difference of mean logits. Needs a penalty or a normalized discriminator.

    Args, Returns: as in `AdversarialLoss`.

    Example:
        >>> loss = Wasserstein()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        -2.5
        >>> round(float(loss.generator(fake)), 3)
        0.5

    Reference:
        - Arjovsky et al., 2017, https://arxiv.org/abs/1701.07875
    """

    def discriminator_parts(self, real_logits, fake_logits):
        return -_mean(real_logits), _mean(fake_logits)

    def generator(self, fake_logits, real_logits=None):
        return -_mean(fake_logits)

    def realness(self, real_logits, fake_logits):
        return differences(real_logits, fake_logits)


@keras.saving.register_keras_serializable("keras_s3gan")
class LeastSquares(AdversarialLoss):
    """Half the squared distance of probabilities from 0 and 1.

    The probabilities are the sigmoid of the logits, as in Compare GAN.

    Args, Returns: as in `AdversarialLoss`.

    Example:
        >>> loss = LeastSquares()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.078
        >>> round(float(loss.generator(fake)), 3)
        0.194

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
    """Hinge loss: logits beyond the margin of 1 have no loss.

    Args, Returns: as in `AdversarialLoss`.

    Example:
        >>> loss = Hinge()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.5
        >>> round(float(loss.generator(fake)), 3)
        0.5

    Reference:
        - Lim & Ye, 2017, https://arxiv.org/abs/1705.02894
    """

    def discriminator_parts(self, real_logits, fake_logits):
        real = ops.relu(1.0 - ops.cast(real_logits, "float32"))
        fake = ops.relu(1.0 + ops.cast(fake_logits, "float32"))
        return ops.mean(real), ops.mean(fake)

    def generator(self, fake_logits, real_logits=None):
        return -_mean(fake_logits)
