"""How classes reach the generator, and how much they count in a transition."""

import keras
import numpy as np
from keras import ops

from keras_s3gan import backend
from keras_s3gan.models.schedules import check_number, fraction_done
from keras_s3gan.validation import check_integer


class ClassPath:
    """Mixin of `GAN`: noise on labels, and the transition to a conditional GAN.

    In a transition the generator gets its labels times λ, `conditional_weight`, and the
    loss is that of logits without class projections and λ times that of logits with
    them. What else sees logits or labels, such as a penalty, gets projections times λ.
    So at λ = 0 this is an unconditional GAN.
    """

    def _check_class_path(self):
        start, full = self.conditional_start, self.conditional_full
        if (start is None) != (full is None):
            raise ValueError(
                "A transition has a `conditional_start` and a `conditional_full`. "
                f"Received: conditional_start={start}, conditional_full={full}"
            )
        if start is not None:
            check_integer("conditional_start", start, 0)
            check_integer("conditional_full", full, start + 1)
        for name in ("conditional_start", "class_noise"):
            if getattr(self, name) is not None and self.num_classes is None:
                raise ValueError(
                    f"`{name}` needs networks with `num_classes`. "
                    f"Received: {name}={getattr(self, name)}, num_classes=None"
                )
        if self.class_noise is None:
            return
        if np.shape(self.class_noise) != (self.num_classes,):
            raise ValueError(
                f"`class_noise` must be {self.num_classes} numbers, one per class. "
                f"Received: class_noise={self.class_noise}"
            )
        self.class_noise = np.asarray(self.class_noise).tolist()
        for value in self.class_noise:
            check_number("class_noise", value, 0)

    @property
    def conditional_weight(self):
        """How much classes count now, from 0 to 1; 1 without a transition."""
        if self.conditional_start is None:
            return 1.0
        return fraction_done(self.steps, self.conditional_start, self.conditional_full)

    def _weighted_labels(self, labels_one_hot):
        """Labels times `conditional_weight`: an array of an array, else a tensor."""
        if labels_one_hot is None or self.conditional_start is None:
            return labels_one_hot
        weight = self.conditional_weight
        if isinstance(labels_one_hot, np.ndarray):
            weight = ops.convert_to_numpy(weight)
        return weight * labels_one_hot

    def _generator_inputs(self, latents, labels_one_hot):
        """What a generator is called with."""
        return self.generator.generator_inputs(
            latents, self._weighted_labels(labels_one_hot)
        )

    def _noisy_labels(self, labels_one_hot):
        """Labels with the noise of their class, drawn for all replicas."""
        if labels_one_hot is None or self.class_noise is None:
            return labels_one_hot
        deviations = ops.convert_to_tensor(self.class_noise, dtype="float32")
        deviations = ops.sum(labels_one_hot * deviations, axis=1, keepdims=True)
        total = labels_one_hot.shape[0] * backend.replica_count()
        noise = keras.random.normal((total, self.num_classes), seed=self.random)
        return labels_one_hot + deviations * backend.replica_part(noise)

    def _both_losses(self, loss, logits, outputs):
        """In a transition, the unconditional loss and part of the conditional one.

        Args:
            loss: callable over logits.
            logits: list of `_conditional_logits`.
            outputs: what `_discriminate` returned for the same images, and more.
        """
        if not self._in_transition:
            return loss(*logits)
        unconditional = _unconditional(logits, outputs)
        return loss(*unconditional) + self.conditional_weight * loss(*logits)

    def _weighted_logits(self, logits, outputs):
        """In a transition, logits with projections times `conditional_weight`."""
        if not self._in_transition:
            return logits
        return [
            plain + ops.cast(self.conditional_weight, plain.dtype) * (one - plain)
            for one, plain in zip(logits, _unconditional(logits, outputs), strict=True)
        ]

    @property
    def _in_transition(self):
        """Whether there are two adversarial losses, see `conditional_start`."""
        projections = self.discriminator.class_projection, self.given_label_projection
        return self.conditional_start is not None and any(projections)


def rare_class_noise(counts, scale, alpha=0.99):
    """Noise for the classes of few images, `class_noise` of a GAN.

    `scale · (1 - α) / (1 - α^n)` for a class of n images: the scale over the effective
    number of its images, which is n for few and at most `1 / (1 - α)` for many.

    Args:
        counts: list of ints >= 1. Images of each class.
        scale: float >= 0. The noise of a class with one image.
        alpha: float in [0, 1). Defaults to `0.99`.

    Returns:
        List of floats, one per class.

    Raises:
        ValueError: if an argument is out of range.

    Example:
        >>> [round(noise, 3) for noise in rare_class_noise([1, 2, 1000], scale=0.5)]
        [0.5, 0.251, 0.005]

    Reference:
        - Rangwani et al., 2023, https://arxiv.org/abs/2304.05866
        - effective numbers: Cui et al., 2019, https://arxiv.org/abs/1901.05555
    """
    check_number("scale", scale, 0)
    check_number("alpha", alpha, 0)
    if alpha >= 1:
        raise ValueError(f"`alpha` must be in [0, 1). Received: alpha={alpha!r}")
    for count in counts:
        check_integer("counts", count)
    return [scale * (1 - alpha) / (1 - alpha**count) for count in counts]


def _unconditional(logits, outputs):
    """The first logits of `outputs`, without projections: as many as `logits`."""
    return [
        output[: one.shape[0]]
        for one, (output, _) in zip(logits, outputs, strict=False)
    ]
