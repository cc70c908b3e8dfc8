"""What the two networks of a GAN are trained on."""

import itertools
import typing

from keras import ops

from keras_s3gan import backend, penalties


class Batch(typing.NamedTuple):
    """Images, and what belongs to them.

    Attributes:
        images: `[N, …]`.
        rows: `[N, num_classes]`, zeros for no label, or `None` without classes.
        latents: `[N, latent_dim]` that the images were generated from, or `None`.
        labelled: scalar: how many images have a label in a piece of an update on
            average, for a batch that is one piece of several; else `None`.
    """

    images: typing.Any
    rows: typing.Any = None
    latents: typing.Any = None
    labelled: typing.Any = None


class Objective:
    """Mixin of `GAN`: both losses, out of one call of the discriminator each.

    A subclass with heads on the discriminator's features overrides the hooks `_shown`,
    `_shown_as_constant`, `_fill_in`, `_discriminator_heads` and `_generator_heads`; one
    with another game altogether overrides `discriminator_loss` and `generator_loss`.
    """

    # Without, the heads alone are trained.
    adversarial = True

    @property
    def heads(self):
        """List of the layers on the discriminator's features that learn with it."""
        return []

    @property
    def discriminator_variables(self):
        """What the discriminator's optimizer moves."""
        layers = [self.discriminator, *self.heads]
        return [variable for layer in layers for variable in layer.trainable_variables]

    def discriminator_loss(self, real, fake):
        """The discriminator's loss on a batch of real and one of generated images.

        Args:
            real: `Batch`.
            fake: `Batch`, its images a constant.

        Returns:
            `(loss, values)`: a scalar and a dict of what to track.
        """
        seen = self._discriminate(
            self._shown(real.images), self._shown_as_constant(fake.images)
        )
        features = [features for _, features in seen]
        rows, loss, values = self._fill_in(real, features[0])
        real = real._replace(rows=rows)
        if self.adversarial:
            logits = self._logits([real, fake], seen)
            loss = loss + self.adversarial_loss.discriminator(*logits)
        more = [self._discriminator_heads(real, fake, *features)]
        if self.adversarial:
            more.append(self._penalty(real, fake, logits))
        for term, tracked in more:
            loss, values = loss + term, {**values, **tracked}
        return loss, {**values, "discriminator_loss": loss}

    def generator_loss(self, fake, real):
        """The generator's loss on its images.

        Args:
            fake: `Batch`.
            real: `Batch` that a relativistic loss compares with; others leave it alone.

        Returns:
            `(loss, values)`, as `discriminator_loss`.
        """
        compares = self.adversarial and self.adversarial_loss.relativistic
        others = [real.images] if compares else []
        seen = self._discriminate(self._shown(fake.images), *others)
        loss, values = self._generator_heads(fake, seen[0][1])
        if self.adversarial:
            batches = [fake]
            if compares:
                rows, _, _ = self._fill_in(real, seen[1][1])
                batches.append(real._replace(rows=rows))
            logits = self._logits(batches, seen)
            loss = loss + self.adversarial_loss.generator(*logits)
        return loss, {**values, "generator_loss": loss}

    def _discriminate(self, *shown):
        """Logits without class and features of each batch, by one call for all.

        The vectors of spectral normalization then move once.
        """
        counts = [images.shape[0] for images in shown]
        logits, features = self.discriminator(_joined(shown), training=True)
        return list(zip(_split(logits, counts), _split(features, counts), strict=True))

    def _logits(self, batches, seen):
        """Logits of the images of each batch, with their class projection.

        What `_shown` has appended is left out.
        """
        counts = [batch.images.shape[0] for batch in batches]
        pairs = list(zip(seen, counts, strict=True))
        logits = [logits[:count] for (logits, _), count in pairs]
        projection = self.discriminator.class_projection
        if projection is None or batches[0].rows is None:
            return logits
        projected = projection(
            _joined([features[:count] for (_, features), count in pairs]),
            _joined([batch.rows for batch in batches]),
            training=True,
        )
        return [
            one + other
            for one, other in zip(logits, _split(projected, counts), strict=True)
        ]

    def _penalty(self, real, fake, logits):
        """What the penalty adds to the discriminator's loss: `(loss, values)`."""
        if self.penalty is None:
            return 0.0, {}

        # An auxiliary classifier's labels are not for the discriminator.
        takes_labels = self.discriminator.class_projection is not None

        def penalty():
            sees = penalties.sees(self.penalty)
            if sees == "kernels":
                return self.penalty(self.discriminator)
            if sees == "logits":
                return self.penalty(*logits)
            return self.penalty(
                discriminator=self.discriminator,
                real=real.images,
                fake=fake.images,
                rows=real.rows if takes_labels else None,
                fake_rows=fake.rows if takes_labels else None,
                seed=self.random,
            )

        weight = penalties.weight(self.penalty, self.penalty_weight)
        if self.penalty_interval == 1:
            value = penalty()
            return weight * value, {"penalty": value}
        updates = ops.convert_to_tensor(self.optimizer.discriminator.iterations)
        due = updates % self.penalty_interval == 0
        value = backend.run_if(
            due, penalty, [*self.discriminator.variables, self.random.state]
        )
        values = {"penalty": (value, ops.cast(due, "float32"))}
        return weight * self.penalty_interval * value, values

    def _add_generator_penalty(self, gradients):
        """Gradients of the generator's loss with its penalty."""
        if self.generator_penalty is None:
            return gradients
        optimizer = self.optimizer.generator
        weight = penalties.weight(self.generator_penalty, self.generator_penalty_weight)

        def scaled():
            value = self.generator_penalty(self.generator)
            return optimizer.scale_loss(weight * value), {"generator_penalty": value}

        (_, values), more = backend.value_and_grad(
            scaled,
            self.generator.trainable_variables,
            [*self.generator.variables, *optimizer.variables],
        )
        self._track(values)
        return [one + other for one, other in zip(gradients, more, strict=True)]

    # Hooks.

    def _shown(self, images):
        """What the discriminator sees of a batch: its images, and more after them."""
        return images

    def _shown_as_constant(self, images):
        """The same of generated images, where they are no one's to improve."""
        return self._shown(images)

    def _fill_in(self, real, features):
        """Rows for all real images: `(rows, loss, values)`.

        Args:
            real: `Batch`, its rows as they are known.
            features: of everything that was shown of it.
        """
        return real.rows, 0.0, {}

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        """What the heads add to the discriminator's loss: `(loss, values)`."""
        return 0.0, {}

    def _generator_heads(self, fake, features):
        """What the heads add to the generator's loss: `(loss, values)`."""
        return 0.0, {}


def _joined(parts):
    return ops.concatenate(parts) if len(parts) > 1 else parts[0]


def _split(values, counts):
    ends = list(itertools.accumulate(counts))
    return [values[end - count : end] for end, count in zip(ends, counts, strict=True)]
