"""One training step, written once for every backend."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.label_rows import label_rows
from keras_s3gan.losses import has_label
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

        Where the optimizers accumulate gradients, each part is seen in as many pieces.

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

        fakes, pull_to_generator = self._generate_all(latents, fake_rows)
        real = self._parts(Batch(images, rows))
        real = real._replace(labelled=self._labelled(real.rows))
        fake = self._parts(Batch(fakes, fake_rows, latents))
        state = self._state_of(self.optimizer.discriminator)
        backend.scan(
            lambda part: self._update_discriminator(*part, state), (real, fake), state
        )
        real, fake = self._last_update(real), self._last_update(fake)
        state = self._state_of(self.optimizer.generator)
        if pull_to_generator:
            self._update_generator(_only(real), _only(fake), state, pull_to_generator)
        else:
            backend.scan(
                lambda part: self._update_generator(*part, state), (real, fake), state
            )
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

    def _state_of(self, optimizer):
        """Every variable that an update by this optimizer may read or assign."""
        return [*self.variables, *optimizer.variables, *self.metrics_variables]

    def _parts(self, batch):
        """A batch as one of `[parts, N, …]`, each part with gradients of its own."""
        parts = self.discriminator_steps * self.accumulated_batches

        def divided(tensor):
            if tensor is None:
                return None
            return ops.reshape(tensor, (parts, -1, *tensor.shape[1:]))

        return keras.tree.map_structure(divided, batch)

    def _labelled(self, rows):
        """For each part, how many images have a label in a piece of its update.

        Args:
            rows: `[parts, N, num_classes]` or `None`.

        Returns:
            `[parts]`, the mean over the pieces of each update, or `None`.
        """
        pieces = self.accumulated_batches
        if rows is None or pieces == 1:
            return None
        (counts,) = backend.replica_mean(ops.sum(has_label(rows), axis=1))
        means = ops.mean(ops.reshape(counts, (-1, pieces)), axis=1)
        return ops.repeat(means, pieces)

    def _last_update(self, batch):
        """Of `_parts`, those of the last update."""
        return _slice(batch, slice(-self.accumulated_batches, None))

    def _generate_all(self, latents, rows):
        """The images for every update, and the last ones' pullback to the generator.

        The generator does not change while the discriminator is updated, so the images
        for all but the last update come from one pass without gradients, and the last
        pass is kept to be differentiated. Where gradients are accumulated, so that the
        memory of a whole pass is not needed, none is kept, and the pullback is `None`.
        """
        count = latents.shape[0]
        keeps = self.accumulated_batches == 1
        start = count - count // self.discriminator_steps if keeps else count
        early = []
        if start:
            with backend.no_gradient():
                early = [self._generate(latents[:start], _slice(rows, slice(start)))]
        if not keeps:
            return early[0], None
        last, pullback = self._generate_with_pullback(
            latents[start:], _slice(rows, slice(start, None))
        )
        return ops.concatenate([*early, last]), pullback

    def _generate(self, latents, rows):
        return self.generator(
            self.generator.generator_inputs(latents, rows), training=True
        )

    def _generate_with_pullback(self, latents, rows):
        images, _, pullback = backend.vjp(
            lambda: (self._generate(latents, rows), ()),
            variables=self.generator.trainable_variables,
            state=self.variables,
        )
        return images, pullback

    def _update_discriminator(self, real, fake, state):
        optimizer = self.optimizer.discriminator

        def scaled_loss():
            loss, values = self.discriminator_loss(real, fake)
            return optimizer.scale_loss(loss), values

        variables = self.discriminator_variables
        (_, values), gradients = backend.value_and_grad(scaled_loss, variables, state)
        backend.apply_gradients(optimizer, gradients, variables)
        self._track(values)

    def _update_generator(self, real, fake, state, pull_to_generator=None):
        """Moves the generator; without a pullback its images are made anew."""
        optimizer = self.optimizer.generator
        if pull_to_generator is None:
            images, pull_to_generator = self._generate_with_pullback(
                fake.latents, fake.rows
            )
            fake = fake._replace(images=images)

        def scaled_loss(images):
            loss, values = self.generator_loss(fake._replace(images=images), real)
            return optimizer.scale_loss(loss), values

        loss, values, pullback = backend.vjp(scaled_loss, [fake.images], state=state)
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
        pairs = list(zip(average.weights, generator.weights, strict=True))
        moved = [pair for pair in pairs if id(pair[1]) in trained]
        backend.update_ema(*zip(*moved, strict=True), decay)
        for mean, variable in pairs:
            if id(variable) not in trained:
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
            weight = value[1] if isinstance(value, tuple) else 1.0
            # What `update_state` does with scalars, in a tenth of the calls.
            self._trackers[name].total.assign_add(mean * weight)
            self._trackers[name].count.assign_add(weight)


def _slice(batch, part):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[part], batch
    )


def _only(parts):
    return _slice(parts, 0)
