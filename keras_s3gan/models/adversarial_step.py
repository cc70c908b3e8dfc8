"""One training step, written once for every backend."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.label_rows import label_rows
from keras_s3gan.models.objective import Batch


class AdversarialStep:
    """Mixin of `GAN`: what a training step does; `Objective` says what it optimises."""

    def random_latents(self, count):
        """`[count, latent_dim]` of the latents' distribution."""
        return self._latents.draw(count, self.random)

    def random_rows(self, count):
        """Rows of uniformly drawn classes, or `None` without classes."""
        if self.num_classes is None:
            return None
        labels = keras.random.randint((count,), 0, self.num_classes, seed=self.random)
        return label_rows(labels, self.num_classes)

    def step(self, data):
        """One training step on a batch of `discriminator_steps` parts.

        With replicas each has its own rows of the batch, every n-th one, and all of
        them the same variables, random states and values.

        Args:
            data: `(images, labels)`, or `images` alone without classes.

        Returns:
            A dict of the values that `tracked` names.
        """
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        images, labels = self._of_known_size(images), self._of_known_size(labels)
        count = images.shape[0]
        self._check_rows(count)
        rows = self._rows(labels)
        latents, fake_rows = self._drawn(count)

        fakes, pull_to_generator = self._generate(latents, fake_rows)
        real = self._parts(Batch(images, rows))
        fake = self._parts(Batch(fakes, fake_rows, latents))
        backend.repeat(
            lambda part: self._update_discriminator(*part),
            (real, fake),
            [
                *self.variables,
                *self.optimizer.discriminator.variables,
                *self.metrics_variables,
            ],
        )
        real, fake = _last(real), _last(fake)
        self._update_generator(fake, real, pull_to_generator)
        self._update_average()
        self.steps.assign_add(1)
        return {name: tracker.result() for name, tracker in self._trackers.items()}

    def _drawn(self, count):
        """Latents and rows for this replica, of those for all."""
        whole = count * backend.replica_count()
        latents, rows = self.random_latents(whole), self.random_rows(whole)
        rows = None if rows is None else backend.replica_part(rows)
        return backend.replica_part(latents), rows

    def _of_known_size(self, values):
        """What TensorFlow's `fit` hands over may have any number of rows."""
        if values is None or values.shape[0] is not None:
            return values
        rows = self._rows_per_step // backend.replica_count()
        return ops.reshape(values, (rows, *values.shape[1:]))

    def _parts(self, batch):
        """A batch as one of `[discriminator_steps, N, …]`."""

        def divided(tensor):
            if tensor is None:
                return None
            return ops.reshape(
                tensor, (self.discriminator_steps, -1, *tensor.shape[1:])
            )

        return keras.tree.map_structure(divided, batch)

    def _generate(self, latents, rows):
        """The images for every update; the last ones also train the generator.

        The generator does not change while the discriminator is updated, so the images
        for all but the last update come from one pass without gradients, and the last
        pass is kept to be differentiated.
        """

        def generate(part):
            return self.generator(
                self.generator.generator_inputs(latents[part], _part(rows, part)),
                training=True,
            )

        count = latents.shape[0]
        start = count - count // self.discriminator_steps
        early = []
        if start:
            with backend.no_gradient():
                early = [generate(slice(0, start))]
        last, _, pullback = backend.vjp(
            lambda: (generate(slice(start, count)), ()),
            variables=self.generator.trainable_variables,
            state=self.variables,
        )
        return ops.concatenate([*early, last]), pullback

    def _update_discriminator(self, real, fake):
        optimizer = self.optimizer.discriminator

        def scaled_loss():
            loss, values = self.discriminator_loss(real, fake)
            return optimizer.scale_loss(loss), values

        (_, values), gradients = backend.value_and_grad(
            scaled_loss,
            self.discriminator_variables,
            [*self.variables, *optimizer.variables],
        )
        backend.apply_gradients(optimizer, gradients, self.discriminator_variables)
        self._track(values)

    def _update_generator(self, fake, real, pull_to_generator):
        optimizer = self.optimizer.generator

        def scaled_loss(images):
            loss, values = self.generator_loss(fake._replace(images=images), real)
            return optimizer.scale_loss(loss), values

        loss, values, pullback = backend.vjp(
            scaled_loss, [fake.images], state=[*self.variables, *optimizer.variables]
        )
        (image_gradient,), _ = pullback(ops.ones_like(loss))
        _, gradients = pull_to_generator(image_gradient)
        gradients = self._add_generator_penalty(gradients)
        backend.apply_gradients(
            optimizer, gradients, self.generator.trainable_variables
        )
        self._track(values)

    def _update_average(self):
        decay = ops.where(self.steps < self.ema_start_step, 0.0, self.ema_decay)
        generator, average = self.generator, self.ema_generator
        trained = {id(variable) for variable in generator.trainable_variables}
        for variable, mean in zip(generator.weights, average.weights, strict=True):
            if id(variable) in trained:
                weight = ops.cast(decay, mean.dtype)
                mean.assign(variable + (mean - variable) * weight)
            else:
                mean.assign(variable)

    def _track(self, values):
        """Adds to the epoch's means; a value may come with its weight.

        A value's mean over the replicas is that of the whole batch, and its weight is
        the same on all of them.
        """
        means = backend.replica_mean(
            *(
                ops.cast(value[0] if isinstance(value, tuple) else value, "float32")
                for value in values.values()
            )
        )
        for (name, value), mean in zip(values.items(), means, strict=True):
            weight = value[1] if isinstance(value, tuple) else None
            self._trackers[name].update_state(mean, sample_weight=weight)


def _last(parts):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[-1], parts
    )


def _part(rows, part):
    return None if rows is None else rows[part]
