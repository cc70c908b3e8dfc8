"""The generator's loss on the images that the discriminator finds most real."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.models.schedules import check_number, fraction_done
from keras_s3gan.validation import check_integer


class TopK:
    """Mixin of `GAN`: a generator that learns from its best images."""

    def _check_top_k(self):
        check_integer("top_k_steps", self.top_k_steps)
        fraction = self.top_k_fraction
        if fraction is not None:
            check_number("top_k_fraction", fraction, 0)
            if not 0 < fraction <= 1:
                raise ValueError(
                    "`top_k_fraction` must be in (0, 1], or None. "
                    f"Received: top_k_fraction={fraction!r}"
                )

    def _check_top_k_loss(self):
        loss = self.adversarial_loss
        if self.top_k_fraction is not None and loss.relativistic and not loss.paired:
            raise ValueError(
                "The best images can only be chosen for a loss that is a mean over "
                "images or pairs, and not for one relative to a mean logit. Received: "
                f"loss={type(loss).__name__}, top_k_fraction={self.top_k_fraction}"
            )

    def _generator_term(self, *logits):
        """The generator's adversarial loss, of the best images if that is asked for."""
        if self.top_k_fraction is None or not self.in_training:
            return self.adversarial_loss.generator(*logits)
        done = fraction_done(self.steps, 0, self.top_k_steps)
        return top_k_loss(
            self.adversarial_loss, logits, ops.power(self.top_k_fraction, done)
        )


def top_k_loss(loss, logits, fraction):
    """The generator's adversarial loss over the images with the highest logits.

    Other images get the logit 0, whose constant loss is taken out of the mean again, so
    that shapes are the same for any number of images. With replicas the mean of this
    over them is the loss over the best images of the whole batch.

    Args:
        loss: `AdversarialLoss` that is a mean over images, or over pairs.
        logits: list of `[N, 1]`: of generated images and, for pairs, of real ones.
        fraction: float scalar in (0, 1]. Part of the images, at least one.

    Returns:
        A scalar in float32.

    Reference:
        - Sinha et al., 2020, https://arxiv.org/abs/2002.06224
    """
    total = logits[0].shape[0] * backend.replica_count()
    count = ops.maximum(ops.round(fraction * total), 1.0)
    chosen = ranks(logits[0]) < count
    kept = [ops.where(chosen[:, None], one, ops.zeros_like(one)) for one in logits]
    left_out = ops.mean(ops.cast(ops.logical_not(chosen), "float32"))
    constant = loss.generator(*(ops.zeros_like(one) for one in logits))
    return total / count * (loss.generator(*kept) - left_out * constant)


def ranks(logits):
    """How many images of the whole batch come before each image of this replica.

    Those with a higher logit, and of equal ones those earlier in the batch.

    Args:
        logits: `[N, 1]`.

    Returns:
        float32 `[N]`, without a gradient.
    """
    own = ops.cast(ops.stop_gradient(logits[:, 0]), "float32")
    every = backend.replica_gather(own)
    places = ops.arange(every.shape[0], dtype="int32")
    own_places = backend.replica_part(places)
    # What the others see, which may differ from `own` by rounding.
    own = ops.take(every, own_places)[:, None]
    earlier = places[None] < own_places[:, None]
    before = ops.logical_or(every > own, ops.logical_and(every == own, earlier))
    return ops.sum(ops.cast(before, "float32"), axis=1)
