"""The penalties of a GAN's two networks."""

from keras import ops

from keras_s3gan import backend, penalties
from keras_s3gan.models.schedules import value_at
from keras_s3gan.networks.normalization import over_the_batch
from keras_s3gan.validation import check_integer

# Penalties that are computed from logits of the one call of the discriminator.
_ON_LOGITS = {"logits", "copies"}


class Penalized:
    """Mixin of `GAN`: what penalties add to the losses of `Objective`."""

    @property
    def penalties(self):
        """List of the discriminator's penalties."""
        if isinstance(self.penalty, (list, tuple)):
            return list(self.penalty)
        return [] if self.penalty is None else [self.penalty]

    @property
    def latent_consistency(self):
        """The penalty that compares images of latents beside one another, or `None`."""
        for penalty in self.penalties:
            if isinstance(penalty, penalties.LatentConsistency):
                return penalty
        return None

    @property
    def _weighted_penalties(self):
        """List of `(penalty, weight, interval, metric)`."""
        weights = self.penalty_weight
        if not isinstance(weights, (list, tuple)):
            weights = [weights] * len(self.penalties)
        found = []
        for penalty, weight, name in zip(
            self.penalties, weights, penalties.names(self.penalties), strict=True
        ):
            on_logits = penalties.acts_on(penalty) in _ON_LOGITS
            interval = 1 if on_logits else self.penalty_interval
            found.append((penalty, penalties.weight(penalty, weight), interval, name))
        return found

    def _check_penalties(self, generator_penalty):
        check_integer("penalty_interval", self.penalty_interval, 1)
        normalization = getattr(self.discriminator, "normalization", None)
        for penalty in self.penalties:
            differentiates = getattr(penalty, "differentiates", False)
            if differentiates and over_the_batch(normalization):
                raise ValueError(
                    "A penalty on the gradient of each image's logit needs a "
                    "discriminator without batch normalization: normalization=None or "
                    f"'layer'. Received: normalization={normalization}"
                )
        kinds = {penalties.acts_on(penalty) for penalty in self.penalties}
        if self.penalty_interval > 1 and kinds and kinds.issubset(_ON_LOGITS):
            raise ValueError(
                "A penalty on logits, which are computed anyway, has "
                "penalty_interval=1. "
                f"Received: penalty_interval={self.penalty_interval}"
            )
        weights = self.penalty_weight
        if isinstance(self.penalty, (list, tuple)) and weights is not None:
            if not isinstance(weights, (list, tuple)) or len(weights) != len(
                self.penalties
            ):
                raise ValueError(
                    "A list of penalties has a list of as many weights, or None. "
                    f"Received: penalty_weight={weights}"
                )
        elif isinstance(weights, (list, tuple)):
            raise ValueError(
                "A list of weights needs a list of penalties. "
                f"Received: penalty_weight={weights}, penalty={self.penalty}"
            )
        if self.generator_penalty is None:
            return
        if penalties.acts_on(self.generator_penalty) != "kernels":
            raise ValueError(
                "`generator_penalty` must act on kernels: 'orthogonal' or 'l2'. "
                f"Received: generator_penalty={generator_penalty}"
            )

    def _copies(self, real, fake):
        """Changed images for the penalties that need their logits.

        Returns:
            List of `(origin, images)`, two for each such penalty: 0 for copies of real
            images, 1 for those of generated ones; no images, if it needs none.
        """
        if not self.in_training or not self.adversarial:
            return []
        return [
            (origin, batch.images[:0] if images is None else images)
            for penalty in self.penalties
            if penalties.acts_on(penalty) == "copies"
            for origin, (batch, images) in enumerate(
                zip((real, fake), self._copies_for(penalty, real, fake), strict=True)
            )
        ]

    def _copies_for(self, penalty, real, fake):
        if isinstance(penalty, penalties.LatentConsistency):
            return None, fake.neighbours
        return penalty.copies(real.images, fake.images, self.random)

    def _penalty_terms(self, real, fake, logits):
        """What the penalties add to the discriminator's loss: `(loss, values)` of each.

        Args:
            real, fake: `Batch`.
            logits: list of those of `real`, of `fake` and of `_copies`.
        """
        if not self.in_training:
            return []
        pair, copies = logits[:2], logits[2:]
        terms = []
        for penalty, weight, interval, name in self._weighted_penalties:
            weight = value_at(weight, self.steps)
            seen = pair
            if penalties.acts_on(penalty) == "copies":
                seen, copies = [*pair, *copies[:2]], copies[2:]
            terms.append(
                self._penalty_term(penalty, weight, interval, name, real, fake, seen)
            )
        return terms

    def _penalty_term(self, penalty, weight, interval, name, real, fake, logits):
        # A penalty on images is one on them as they are, through the augmentation.
        discriminator = self.discriminator
        if self.augmentation is not None and penalties.acts_on(penalty) == "images":
            discriminator = AugmentedDiscriminator(discriminator, self.augmentation)
        real, fake = (
            batch._replace(labels_one_hot=self._weighted_labels(batch.labels_one_hot))
            for batch in (real, fake)
        )

        def value_of_penalty():
            return penalties.call(
                penalty, discriminator, real, fake, logits, self.random
            )

        if interval == 1:
            value = value_of_penalty()
            return weight * value, {name: value}
        updates = ops.convert_to_tensor(self.optimizer.discriminator.iterations)
        due = updates % interval == 0
        state = [*discriminator.variables, self.random.state]
        value = backend.cond(due, value_of_penalty, state)
        return weight * interval * value, {name: (value, ops.cast(due, "float32"))}

    def _add_generator_penalty(self, gradients):
        """Adds the gradients of the generator's penalty: `(gradients, values)`."""
        if self.generator_penalty is None:
            return gradients, {}
        optimizer = self.optimizer.generator
        weight = penalties.weight(self.generator_penalty, self.generator_penalty_weight)
        weight = value_at(weight, self.steps)

        def scaled_penalty():
            value = self.generator_penalty(self.generator)
            return optimizer.scale_loss(weight * value), {"generator_penalty": value}

        (_, values), more = backend.value_and_grad(
            scaled_penalty,
            self.generator.trainable_variables,
            [*self.generator.variables, *optimizer.variables],
        )
        return [one + other for one, other in zip(gradients, more, strict=True)], values


class AugmentedDiscriminator:
    """A discriminator of augmented images, as a penalty calls it.

    Args:
        discriminator: `keras_s3gan.networks.Discriminator`.
        augmentation: `keras_s3gan.layers.ImageAugmentation`.
    """

    def __init__(self, discriminator, augmentation):
        self._discriminator = discriminator
        self._augmentation = augmentation
        self.class_projection = discriminator.class_projection
        self.variables = [*discriminator.variables, *augmentation.variables]

    def __call__(self, images, labels=None, training=True):
        images = self._augmentation(images, training=training)
        return self._discriminator(images, labels=labels, training=training)
