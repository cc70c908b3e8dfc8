"""Losses of the difference between the logits of real and of generated images."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.losses.adversarial import (
    AdversarialLoss,
    differences,
    softplus_mean,
)


class Relativistic(AdversarialLoss):
    """Base of the losses whose generator needs the logits of real images.

    Args, Returns: as in `AdversarialLoss`. The generator's loss is the discriminator's
    with real and generated images exchanged.

    Raises:
        ValueError: by `generator`, without the logits of real images.

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
    """

    relativistic = True

    def generator(self, fake_logits, real_logits=None):
        if real_logits is None:
            raise ValueError(
                "The generator's relativistic loss needs the logits of real images. "
                "Received: real_logits=None"
            )
        return self.discriminator(fake_logits, real_logits)

    def realness(self, real_logits, fake_logits):
        return differences(real_logits, fake_logits)


class RelativisticAverage(Relativistic):
    """Base of the losses relative to the mean logit of the opposite kind of images.

    A subclass defines `loss_of`: a scalar, of differences `[N, 1]` that should be
    large.

    Args, Returns, Raises: as in `Relativistic`.

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
    """

    def loss_of(self, differences):
        """The mean loss of differences `[N, 1]`, which should be large."""
        raise TypeError(f"{type(self).__name__} must define `loss_of`.")

    def discriminator_parts(self, real_logits, fake_logits):
        real, fake = (ops.cast(x, "float32") for x in (real_logits, fake_logits))
        real_mean, fake_mean = backend.replica_mean(ops.mean(real), ops.mean(fake))
        return self.loss_of(real - fake_mean), self.loss_of(real_mean - fake)


@keras.saving.register_keras_serializable("keras_s3gan")
class RelativisticAverageHinge(RelativisticAverage):
    """Hinge loss on logits relative to the mean logit of the opposite kind of images.

    With `r = D(x) - mean D(x̃)` and `f = D(x̃) - mean D(x)` the discriminator's loss is
    `mean(relu(1 - r)) + mean(relu(1 + f))`, and the generator's is the same with both
    signs flipped. As in the paper the sum is not halved; some implementations halve it.

    Args, Returns: as in `AdversarialLoss`.

    Raises:
        ValueError: by `generator`, without the logits of real images.

    Example:
        >>> loss = RelativisticAverageHinge()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.0
        >>> round(float(loss.generator(fake, real)), 3)
        7.0

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
    """

    def loss_of(self, differences):
        return ops.mean(ops.relu(1.0 - differences))


@keras.saving.register_keras_serializable("keras_s3gan")
class RelativisticAverageLogistic(RelativisticAverage):
    """Logistic loss of logits relative to the mean logit of the opposite images.

    With `r = D(x) - mean D(x̃)` and `f = D(x̃) - mean D(x)` the discriminator's loss is
    `mean softplus(-r) + mean softplus(f)`, and the generator's is the same with both
    signs flipped. As in the paper, where it is RaSGAN, the sum is not halved; some
    implementations halve it.

    Args, Returns: as in `AdversarialLoss`.

    Raises:
        ValueError: by `generator`, without the logits of real images.

    Example:
        >>> loss = RelativisticAverageLogistic()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.158
        >>> round(float(loss.generator(fake, real)), 3)
        5.158

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
    """

    def loss_of(self, differences):
        return softplus_mean(-differences)


@keras.saving.register_keras_serializable("keras_s3gan")
class RelativisticPaired(Relativistic):
    """Logistic loss of the difference of each pair: `mean softplus(D(x̃) - D(x))`.

    RpGAN. Every generated image is compared with one real image, of the same class
    where that has a label. Use it with a penalty on both kinds of images: `"r1_r2"` or
    `"finite_differences"`.

    Args, Returns: as in `AdversarialLoss`; N = M.

    Raises:
        ValueError: if there are not as many real as generated images; by `generator`,
            without the logits of real images.

    Example:
        >>> loss = RelativisticPaired()
        >>> real, fake = keras.ops.array([[2.0]]), keras.ops.array([[-0.5]])
        >>> round(float(loss.discriminator(real, fake)), 3)
        0.079
        >>> round(float(loss.generator(fake, real)), 3)
        2.579

    Reference:
        - Jolicoeur-Martineau, 2019, https://arxiv.org/abs/1807.00734
        - Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    paired = True

    def discriminator_parts(self, real_logits, fake_logits):
        if real_logits.shape[0] != fake_logits.shape[0]:
            raise ValueError(
                "A paired loss needs as many real as generated images. Received: "
                f"{real_logits.shape[0]} and {fake_logits.shape[0]}"
            )
        real, fake = (ops.cast(x, "float32") for x in (real_logits, fake_logits))
        # Half for each kind, as neither has a loss without the other.
        half = 0.5 * softplus_mean(fake - real)
        return half, half
