"""Losses: adversarial ones of discriminator logits, and those of the heads.

All are scalars in float32.
"""

import keras
from keras import ops

from keras_s3gan import backend, deprecation


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

    Example:
        >>> gan.compile("adam", "adam", loss=Hinge())  # or loss="hinge"
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
            real_logits: `[N, 1]`. Only a `relativistic` loss uses them.

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
        return _softplus_mean(-real_logits), _softplus_mean(fake_logits)

    def generator(self, fake_logits, real_logits=None):
        return _softplus_mean(-fake_logits)


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


@keras.saving.register_keras_serializable("keras_s3gan")
class RelativisticAverageHinge(AdversarialLoss):
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

    relativistic = True

    def discriminator_parts(self, real_logits, fake_logits):
        return self._margins(real_logits, fake_logits)

    def generator(self, fake_logits, real_logits=None):
        if real_logits is None:
            raise ValueError(
                "The generator's relativistic loss needs the logits of real images. "
                "Received: real_logits=None"
            )
        return sum(self._margins(fake_logits, real_logits))

    def _margins(self, higher, lower):
        """Losses of logits that should be above, and below, the mean of the others."""
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
    """Returns an adversarial loss from its name, its configuration or itself.

    Args:
        identifier: one of `LOSSES`, the serialized form of a loss, or an
            `AdversarialLoss` or its class.

    Returns:
        An `AdversarialLoss`.

    Raises:
        ValueError: if there is no such loss.

    Example:
        >>> keras_s3gan.losses.get("hinge").relativistic
        False
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
        labels: integers `[N]`, the number of quarter turns.

    Returns:
        A scalar in float32.

    Example:
        >>> logits = 10 * keras.ops.eye(4)
        >>> round(float(rotation_cross_entropy(logits, [0, 1, 2, 3])), 3)
        0.0
    """
    logits = ops.cast(logits, "float32")
    return ops.mean(
        ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)
    )


@deprecation.renamed_arguments(rows="labels_one_hot")
def has_label(labels_one_hot):
    """The label mask: which images have a label.

    Args:
        labels_one_hot: `[…, N, num_classes]`, zeros for an image without a label.

    Returns:
        float32 `[…, N]`: 1 for an image with a label, 0 for one without.

    Example:
        >>> keras.ops.convert_to_numpy(has_label(to_one_hot([3, -1], 10)))
        array([1., 0.], dtype=float32)
    """
    return ops.cast(ops.sum(labels_one_hot, axis=-1) > 0.5, "float32")


@deprecation.renamed_arguments(rows="labels_one_hot", available="label_mask")
def labelled_cross_entropy(logits, labels_one_hot, label_mask, count=None):
    """Mean cross-entropy over the labelled images; 0 if there is none.

    Args:
        logits: `[N, num_classes]`.
        labels_one_hot: `[N, num_classes]`, one-hot or soft.
        label_mask: `[N]`, 1 for an image with a label, 0 for one without.
        count: as in `labelled_mean`.

    Returns:
        A scalar in float32.

    Example:
        >>> labels_one_hot = to_one_hot([0, -1], num_classes=2)
        >>> mask, logits = has_label(labels_one_hot), keras.ops.zeros((2, 2))
        >>> round(float(labelled_cross_entropy(logits, labels_one_hot, mask)), 3)
        0.693
    """
    logits = ops.cast(logits, "float32")
    entropy = ops.categorical_crossentropy(labels_one_hot, logits, from_logits=True)
    return labelled_mean(entropy, label_mask, count)


@deprecation.renamed_arguments(available="label_mask")
def labelled_mean(values, label_mask, count=None):
    """Mean of `values` over the labelled images; 0 if there is none.

    With replicas, which may have different numbers of labels, the mean of this over the
    replicas is the mean over the labelled images of the whole batch.

    Args:
        values, label_mask: `[N]`.
        count: scalar. The number of labelled images to divide by. With gradient
            accumulation this is the mean number per microbatch, so that the mean over
            the microbatches is that over the batch. Defaults to
            `labelled_count(label_mask)`.

    Returns:
        A scalar.

    Example:
        >>> values, mask = keras.ops.array([2.0, 8.0]), keras.ops.array([1.0, 0.0])
        >>> float(labelled_mean(values, mask))
        2.0
    """
    if count is None:
        count = labelled_count(label_mask)
    return ops.sum(values * label_mask) / ops.where(count > 0, count, 1.0)


@deprecation.renamed_arguments(available="label_mask")
def labelled_count(label_mask):
    """Number of labelled images; with replicas, its mean over them.

    Args:
        label_mask: `[N]`, 1 for an image with a label, 0 for one without.

    Returns:
        A scalar.

    Example:
        >>> float(labelled_count(keras.ops.array([1.0, 0.0, 1.0])))
        2.0
    """
    (count,) = backend.replica_mean(ops.sum(label_mask))
    return count
