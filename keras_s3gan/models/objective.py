"""The losses of a GAN's two networks."""

import itertools
import typing

import keras
from keras import ops

from keras_s3gan import deprecation
from keras_s3gan.losses import has_label

# The framework's, which this room does not know.
Tensor: typing.TypeAlias = typing.Any


class Batch(typing.NamedTuple):
    """Images and what belongs to them.

    Attributes:
        images: `[N, …]`.
        labels_one_hot: `[N, num_classes]`, all zeros for an image without a label, or
            `None` without classes.
        latents: `[N, latent_dim]` of generated images, or `None`.
        num_labelled: scalar, or `None`. With gradient accumulation, the mean number of
            labelled images per microbatch of this update.
        neighbours: `[N, …]`, images of latents beside those of generated images, for a
            `LatentConsistency`, or `None`.

    Example:
        >>> batch = Batch(images, to_one_hot(labels, num_classes=10))
        >>> batch.labels_one_hot.shape
        (64, 10)
    """

    images: Tensor
    labels_one_hot: Tensor | None = None
    latents: Tensor | None = None
    num_labelled: Tensor | None = None
    neighbours: Tensor | None = None

    @property
    def rows(self) -> Tensor | None:
        deprecation.warn("Batch.rows", "labels_one_hot")
        return self.labels_one_hot

    @property
    def labelled(self) -> Tensor | None:
        deprecation.warn("Batch.labelled", "num_labelled")
        return self.num_labelled


class Objective:
    """Mixin of `GAN`: both losses, each from a single call of the discriminator.

    What a subclass may override is listed in `GAN`.
    """

    # Whether there are adversarial losses, or those of the heads alone.
    adversarial = True
    in_training = True

    @property
    def heads(self):
        """List of the layers on the discriminator's features that train with it."""
        return []

    @property
    def discriminator_variables(self):
        """What the discriminator's optimizer updates."""
        layers = [self.discriminator, *self.heads]
        return [variable for layer in layers for variable in layer.trainable_variables]

    def discriminator_loss(self, real, fake):
        """The discriminator's loss on real and generated images.

        Args:
            real: `Batch`.
            fake: `Batch`, whose images are constants.

        Returns:
            `(loss, values)`: a scalar, and a dict of values for the metrics.
        """
        given, copies = [real, fake], self._copies(real, fake)
        augment = [self._random_augmentation(batch.images.shape[0]) for batch in given]
        outputs = self._discriminate(
            self._discriminator_inputs(augment[0](real.images)),
            self._detached_discriminator_inputs(augment[1](fake.images)),
            *(augment[origin](images) for origin, images in copies),
        )
        features = [features for _, features in outputs[:2]]
        labels_one_hot, loss, values = self._impute_labels(real, features[0])
        real = real._replace(labels_one_hot=labels_one_hot)
        terms = [self._discriminator_heads(real, fake, *features)]
        if self.adversarial:
            logits = self._conditional_logits(
                _with_copies([real, fake], copies),
                _with_copies(given, copies),
                outputs,
            )
            loss = loss + self._both_losses(
                self.adversarial_loss.discriminator, logits[:2], outputs
            )
            logits = self._weighted_logits(logits, outputs)
            if self.augmentation is not None and self.in_training:
                realness = self.adversarial_loss.realness(*logits[:2])
                seen = self.augmentation.observe(ops.stop_gradient(realness))
                values = {**values, **seen}
            terms += self._penalty_terms(real, fake, logits)
        for term, more_values in terms:
            loss, values = loss + term, {**values, **more_values}
        return loss, {**values, "discriminator_loss": loss}

    def generator_loss(self, fake, real):
        """The generator's loss on its images.

        Args:
            fake: `Batch`.
            real: `Batch`. Only a relativistic loss uses it.

        Returns:
            `(loss, values)`, as `discriminator_loss`.
        """
        relativistic = self.adversarial and self.adversarial_loss.relativistic
        batches = [fake, real] if relativistic else [fake]
        images = [
            self._random_augmentation(batch.images.shape[0])(batch.images)
            for batch in batches
        ]
        outputs = self._discriminate(self._discriminator_inputs(images[0]), *images[1:])
        loss, values = self._generator_heads(fake, outputs[0][1])
        if self.adversarial:
            given = list(batches)
            if relativistic:
                labels_one_hot, _, _ = self._impute_labels(real, outputs[1][1])
                batches[1] = real._replace(labels_one_hot=labels_one_hot)
            logits = self._conditional_logits(batches, given, outputs)
            loss = loss + self._both_losses(self._generator_term, logits, outputs)
            if fake.neighbours is not None:
                loss = loss + self.latent_consistency.generator_term(
                    fake.images, fake.neighbours
                )
        return loss, {**values, "generator_loss": loss}

    def _discriminate(self, *inputs):
        """Unconditional logits and features of each tensor of images.

        One call for all of them: the vectors of spectral normalization are updated
        once.
        """
        counts = [images.shape[0] for images in inputs]
        images = _concatenated(inputs)
        logits, features = self.discriminator(images, training=self.in_training)
        return list(zip(_split(logits, counts), _split(features, counts), strict=True))

    def _conditional_logits(self, batches, given, outputs):
        """Logits of the images of each batch, with the class projections that exist.

        Args:
            batches: list of `Batch`, with imputed labels.
            given: the same with the labels as they were given.
            outputs: what `_discriminate` returned for each, which may start with the
                images of the batch and go on with others.
        """
        counts = [batch.images.shape[0] for batch in batches]
        pairs = list(zip(outputs, counts, strict=True))
        logits = [logits[:count] for (logits, _), count in pairs]
        features = [features[:count] for (_, features), count in pairs]
        for projection, labelled in (
            (self.discriminator.class_projection, batches),
            (self.given_label_projection, given),
        ):
            if projection is None or labelled[0].labels_one_hot is None:
                continue
            projected = projection(
                _concatenated(features),
                _concatenated([batch.labels_one_hot for batch in labelled]),
                training=self.in_training,
            )
            logits = [
                one + other
                for one, other in zip(logits, _split(projected, counts), strict=True)
            ]
        return logits

    def _logits_with_labels(self, images, labels_one_hot):
        """Logits of labelled images at inference, with all class projections."""
        logits, features = self.discriminator(images, labels=labels_one_hot)
        if self.given_label_projection is not None:
            logits = logits + self.given_label_projection(features, labels_one_hot)
        return logits

    def _paired_labels(self, labels_one_hot, fake_labels):
        """Labels for generated images: those of the real ones, if the loss has pairs.

        Args:
            labels_one_hot: `[N, num_classes]` of the real images, or `None`.
            fake_labels: likewise, drawn at random; of pairs without a given label.
        """
        if fake_labels is None or not self.adversarial_loss.paired:
            return fake_labels
        labelled = has_label(labels_one_hot)[:, None] > 0
        return ops.where(labelled, labels_one_hot, fake_labels)

    def _random_augmentation(self, count):
        """A function that changes `count` images, or the first of them, at random.

        Each image is changed in the same way in every call of the function.
        """
        if self.augmentation is None or not self.in_training:
            return lambda images: images
        parameters = self.augmentation.draw(count)

        def augment(images):
            first = keras.tree.map_structure(
                lambda values: values[: images.shape[0]], parameters
            )
            return self.augmentation.apply(images, first)

        return augment

    # Hooks, see `GAN`.

    def _discriminator_inputs(self, images):
        return images

    def _detached_discriminator_inputs(self, images):
        return self._discriminator_inputs(images)

    def _impute_labels(self, real, features):
        return real.labels_one_hot, 0.0, {}

    def _discriminator_heads(self, real, fake, real_features, fake_features):
        return 0.0, {}

    def _generator_heads(self, fake, features):
        return 0.0, {}


def _with_copies(batches, copies):
    """Batches, followed by copies of their first images, see `Objective._copies`."""
    return [
        *batches,
        *(_copy(batches[origin], images) for origin, images in copies),
    ]


def _copy(batch, images):
    labels_one_hot = batch.labels_one_hot
    if labels_one_hot is not None:
        labels_one_hot = labels_one_hot[: images.shape[0]]
    return Batch(images, labels_one_hot)


def _concatenated(tensors):
    return ops.concatenate(tensors) if len(tensors) > 1 else tensors[0]


def _split(values, counts):
    ends = list(itertools.accumulate(counts))
    return [values[end - count : end] for end, count in zip(ends, counts, strict=True)]
