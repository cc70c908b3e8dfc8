"""One training step, written once for every backend."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.one_hot import to_one_hot
from keras_s3gan.losses import has_label
from keras_s3gan.models.objective import Batch


class AdversarialStep:
    """Mixin of `GAN`: one training step. `Objective` defines the losses.

    The images of a step are those of `discriminator_steps` updates. With gradient
    accumulation each update is computed in several microbatches. With replicas each of
    them has its own part of every batch, and all have the same variables, random
    states and metrics.
    """

    def step(self, data):
        """k updates of the discriminator, one of the generator, one of the average.

        Args:
            data: `(images, labels)`, or `images` alone without classes; the images of
                all k = `discriminator_steps` updates.

        Returns:
            Dict from each of `metric_names` to its mean over the epoch so far.
        """
        images, labels, _ = keras.utils.unpack_x_y_sample_weight(data)
        images = self._with_static_size(images)
        labels_one_hot = self._one_hot(self._with_static_size(labels))
        self._check_batch_size(images.shape[0])
        latents, fake_labels = self._random_inputs_of_replica(images.shape[0])
        fake_labels = self._paired_labels(labels_one_hot, fake_labels)
        fakes, generator_pullback = self._generate_all(latents, fake_labels)

        real = self._microbatches(Batch(images, labels_one_hot))
        real = real._replace(num_labelled=self._num_labelled(real.labels_one_hot))
        fake = self._microbatches(Batch(fakes, fake_labels, latents))
        state = self._state_of(self.optimizer.discriminator)
        backend.scan(
            lambda batches: self._update_discriminator(*batches, state),
            (real, fake),
            state,
        )
        # The generator's update takes the images of the last discriminator update.
        last = slice(-self.accumulated_batches, None)
        real, fake = _slice(real, last), _slice(fake, last)
        state = self._state_of(self.optimizer.generator)
        if generator_pullback:
            self._update_generator(
                _slice(real, 0), _slice(fake, 0), state, generator_pullback
            )
        else:
            backend.scan(
                lambda batches: self._update_generator(*batches, state),
                (real, fake),
                state,
            )
        self._update_average()
        self.steps.assign_add(1)
        return {name: tracker.result() for name, tracker in self._trackers.items()}

    # The batch.

    def _with_static_size(self, values):
        """Gives a tensor from TensorFlow's `fit` its batch size back."""
        if values is None or values.shape[0] is not None:
            return values
        count = self._images_per_step // backend.replica_count()
        return ops.reshape(values, (count, *values.shape[1:]))

    def _check_batch_size(self, num_images):
        if num_images % self.discriminator_steps:
            raise ValueError(
                f"A batch must hold discriminator_steps={self.discriminator_steps} × "
                f"batch_size images. Received: {num_images} images"
            )
        count = self.discriminator_steps * self.accumulated_batches
        if num_images % count:
            raise ValueError(
                "The images of an update must be a multiple of "
                f"gradient_accumulation_steps={self.accumulated_batches}. "
                f"Received: {num_images // self.discriminator_steps} images per update"
            )

    def _one_hot(self, labels):
        if self.num_classes is None or labels is None:
            return None
        return to_one_hot(labels, self.num_classes)

    def _microbatches(self, batch):
        """A batch as `[M, N, …]`: M microbatches, each with gradients of its own."""
        count = self.discriminator_steps * self.accumulated_batches

        def divided(tensor):
            if tensor is None:
                return None
            return ops.reshape(tensor, (count, -1, *tensor.shape[1:]))

        return keras.tree.map_structure(divided, batch)

    def _num_labelled(self, labels_one_hot):
        """For each microbatch, the mean number of labels in those of its update.

        Args:
            labels_one_hot: `[M, N, num_classes]` or `None`.

        Returns:
            `[M]`, or `None` without classes or gradient accumulation.
        """
        count = self.accumulated_batches
        if labels_one_hot is None or count == 1:
            return None
        label_mask = has_label(labels_one_hot)
        (numbers,) = backend.replica_mean(ops.sum(label_mask, axis=1))
        means = ops.mean(ops.reshape(numbers, (-1, count)), axis=1)
        return ops.repeat(means, count)

    # Generated images.

    def random_latents(self, count):
        """`[count, latent_dim]` of the latents' distribution."""
        return self._latents.draw(count, self.random)

    def random_labels_one_hot(self, count):
        """`[count, num_classes]` of uniformly drawn classes, `None` without classes."""
        if self.num_classes is None:
            return None
        labels = keras.random.randint((count,), 0, self.num_classes, seed=self.random)
        return to_one_hot(labels, self.num_classes)

    def _random_inputs_of_replica(self, count):
        """This replica's part of the latents and labels that are drawn for all.

        Latents are `[count, latent_dim]`, or with neighbours `[count, 2, latent_dim]`.
        The images of such are `[count, 2, …]` until a loss divides them.
        """
        total = count * backend.replica_count()
        latents = self.random_latents(total)
        labels_one_hot = self.random_labels_one_hot(total)
        if self.latent_consistency is not None:
            latents = self.latent_consistency.with_neighbours(latents, self.random)
        if labels_one_hot is not None:
            labels_one_hot = backend.replica_part(labels_one_hot)
        return backend.replica_part(latents), labels_one_hot

    def _generate_all(self, latents, labels_one_hot):
        """The images for all updates, and the pullback of the last update's ones.

        The generator does not change while the discriminator is updated. So the images
        for all but the last update come from one pass without gradients, and the last
        pass is kept for the generator's own update. With gradient accumulation, which
        is there to save memory, none is kept, and the pullback is `None`.
        """
        count = latents.shape[0]
        keeps = self.accumulated_batches == 1
        start = count - count // self.discriminator_steps if keeps else count
        early, late = slice(start), slice(start, None)
        images = []
        if start:
            with backend.no_gradient():
                images = [self._generate(latents[early], _slice(labels_one_hot, early))]
        if not keeps:
            return images[0], None
        last, pullback = self._generate_with_pullback(
            latents[late], _slice(labels_one_hot, late)
        )
        return ops.concatenate([*images, last]), pullback

    def _generate(self, latents, labels_one_hot):
        count = latents.shape[1] if len(latents.shape) == 3 else None
        if count is not None:
            latents = ops.reshape(latents, (-1, latents.shape[2]))
            if labels_one_hot is not None:
                labels_one_hot = ops.repeat(labels_one_hot, count, axis=0)
        images = self.generator(
            self.generator.generator_inputs(latents, labels_one_hot), training=True
        )
        if count is None:
            return images
        return ops.reshape(images, (-1, count, *images.shape[1:]))

    def _generate_with_pullback(self, latents, labels_one_hot):
        images, _, pullback = backend.vjp(
            lambda: (self._generate(latents, labels_one_hot), ()),
            variables=self.generator.trainable_variables,
            state=self.variables,
        )
        return images, pullback

    # Updates.

    def _state_of(self, optimizer):
        """All variables that an update by this optimizer may read or assign."""
        return [*self.variables, *optimizer.variables, *self.metrics_variables]

    def _update_discriminator(self, real, fake, state):
        optimizer = self.optimizer.discriminator

        def scaled_loss():
            loss, values = self.discriminator_loss(real, _divided(fake))
            return optimizer.scale_loss(loss), values

        variables = self.discriminator_variables
        (_, values), gradients = backend.value_and_grad(scaled_loss, variables, state)
        backend.apply_gradients(optimizer, gradients, variables)
        self._update_metrics(values)

    def _update_generator(self, real, fake, state, generator_pullback=None):
        """One update; without a pullback the images are generated anew."""
        optimizer = self.optimizer.generator
        if generator_pullback is None:
            images, generator_pullback = self._generate_with_pullback(
                fake.latents, fake.labels_one_hot
            )
            fake = fake._replace(images=images)

        def scaled_loss(images):
            batch = _divided(fake._replace(images=images))
            loss, values = self.generator_loss(batch, real)
            return optimizer.scale_loss(loss), values

        loss, values, pullback = backend.vjp(scaled_loss, [fake.images], state=state)
        (image_gradient,), _ = pullback(ops.ones_like(loss))
        _, gradients = generator_pullback(image_gradient)
        gradients, penalty = self._add_generator_penalty(gradients)
        backend.apply_gradients(
            optimizer, gradients, self.generator.trainable_variables
        )
        self._update_metrics({**values, **penalty})

    def _update_average(self):
        decay = ops.where(self.steps < self.ema_start_step, 0.0, self.ema_decay)
        generator, average = self.generator, self.ema_generator
        trained = {id(variable) for variable in generator.trainable_variables}
        pairs = list(zip(average.weights, generator.weights, strict=True))
        averaged = [pair for pair in pairs if id(pair[1]) in trained]
        if averaged:
            backend.update_ema(*zip(*averaged, strict=True), decay)
        for mean, variable in pairs:
            if id(variable) not in trained:
                mean.assign(variable)

    # Metrics.

    @property
    def metric_names(self):
        """Names of the values that a step returns."""
        return tuple(self._trackers)

    @property
    def metrics(self):
        return list(self._trackers.values())

    def _add_metrics(self, *names):
        self._trackers.update({name: keras.metrics.Mean(name) for name in names})

    def _update_metrics(self, values):
        """Adds values to the means over the epoch.

        Args:
            values: dict from names to scalars, or to pairs of a scalar and its weight.
                The mean of a scalar over the replicas is that of the whole batch; its
                weight is the same on all replicas.
        """
        pairs = {
            name: value if isinstance(value, tuple) else (value, 1.0)
            for name, value in values.items()
        }
        means = backend.replica_mean(
            *(ops.cast(value, "float32") for value, _ in pairs.values())
        )
        for (name, (_, weight)), mean in zip(pairs.items(), means, strict=True):
            # What `update_state` does with scalars, in a tenth of the calls.
            self._trackers[name].total.assign_add(mean * weight)
            self._trackers[name].count.assign_add(weight)


def _divided(fake):
    """Generated images without their neighbours, which become a field of their own."""
    if len(fake.latents.shape) == 2:
        return fake
    return fake._replace(
        images=fake.images[:, 0],
        latents=fake.latents[:, 0],
        neighbours=fake.images[:, 1],
    )


def _slice(batch, part):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[part], batch
    )
