"""What holds the two networks back: a penalty on each."""

from keras import ops

from keras_s3gan import backend, penalties
from keras_s3gan.networks.normalization import over_the_batch
from keras_s3gan.validation import check_integer


class Regularization:
    """Mixin of `GAN`: the discriminator's penalty and the generator's."""

    def _set_penalties(self, penalty, weight, interval, of_generator, weight_of_it):
        """Keeps the arguments of `GAN`, checked."""
        self.penalty = penalties.get(penalty)
        self.penalty_weight = weight
        self.penalty_interval = interval
        self.generator_penalty = penalties.get(of_generator)
        self.generator_penalty_weight = weight_of_it
        self._check_penalty()
        if self.generator_penalty is not None:
            if _sees(self.generator_penalty) != "kernels":
                raise ValueError(
                    "`generator_penalty` must be one on kernels, 'orthogonal' or 'l2'. "
                    f"Received: generator_penalty={of_generator}"
                )
            self._track_also("generator_penalty")
        if self.penalty is not None:
            self._track_also("penalty")

    def _check_penalty(self):
        check_integer("penalty_interval", self.penalty_interval, 1)
        normalization = getattr(self.discriminator, "normalization", None)
        differentiates = getattr(self.penalty, "differentiates", False)
        if differentiates and over_the_batch(normalization):
            raise ValueError(
                "A penalty on the gradients of single images needs a discriminator "
                "that does not normalize over the batch, normalization=None or "
                f"'layer'. Received: normalization={normalization}"
            )
        if self.penalty_interval > 1 and _sees(self.penalty) == "logits":
            raise ValueError(
                "A penalty on logits, which are there anyway, has penalty_interval=1. "
                f"Received: penalty_interval={self.penalty_interval}"
            )

    def _penalty(self, real, fake, logits):
        """What the penalty adds to the discriminator's loss: `(loss, values)`."""
        if self.penalty is None:
            return 0.0, {}

        # An auxiliary classifier's labels are not for the discriminator.
        takes_labels = self.discriminator.class_projection is not None

        def penalty():
            sees = _sees(self.penalty)
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

        weight = _weight(self.penalty, self.penalty_weight)
        if self.penalty_interval == 1:
            value = penalty()
            return weight * value, {"penalty": value}
        updates = ops.convert_to_tensor(self.optimizer.discriminator.iterations)
        due = updates % self.penalty_interval == 0
        value = backend.cond(
            due, penalty, [*self.discriminator.variables, self.random.state]
        )
        values = {"penalty": (value, ops.cast(due, "float32"))}
        return weight * self.penalty_interval * value, values

    def _add_generator_penalty(self, gradients):
        """Gradients of the generator's loss with its penalty."""
        if self.generator_penalty is None:
            return gradients
        optimizer = self.optimizer.generator
        weight = _weight(self.generator_penalty, self.generator_penalty_weight)

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


def _sees(penalty):
    return getattr(penalty, "sees", "images")


def _weight(penalty, weight):
    return getattr(penalty, "default_weight", 1.0) if weight is None else weight
