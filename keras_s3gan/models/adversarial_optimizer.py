"""One optimizer that contains the generator's and the discriminator's."""

import keras


@keras.saving.register_keras_serializable("keras_s3gan")
class AdversarialOptimizer(keras.optimizers.Optimizer):
    """Contains two optimizers where Keras expects one.

    Keras' trainers save and restore `model.optimizer` only. This object is built, saved
    and restored with both optimizers, and has no state of its own.

    Args:
        generator: optimizer of the generator, an instance, a name or a configuration.
        discriminator: likewise.

    Raises:
        ValueError: if Keras knows no such optimizer, both are the same object, or they
            have different `gradient_accumulation_steps`.

    Example:
        >>> optimizer = AdversarialOptimizer("adam", keras.optimizers.Adam(4e-4))
        >>> round(float(optimizer.discriminator.learning_rate), 6)
        0.0004
    """

    def __init__(self, generator, discriminator, name="adversarial_optimizer"):
        super().__init__(learning_rate=0.0, name=name)
        self.generator = keras.optimizers.get(generator)
        self.discriminator = keras.optimizers.get(discriminator)
        if self.generator is self.discriminator:
            raise ValueError(
                "The generator and the discriminator need two different optimizers. "
                f"Received: the same object twice, {generator}"
            )

        counts = _accumulated(self.generator), _accumulated(self.discriminator)
        if counts[0] != counts[1]:
            raise ValueError(
                "Both optimizers must have the same gradient_accumulation_steps. "
                f"Received: {counts[0]} of the generator's, {counts[1]} of the "
                "discriminator's"
            )

    def build(self, generator_variables, discriminator_variables):
        """Creates the variables of both optimizers, unless they exist."""
        if not self.built:
            self.generator.build(generator_variables)
            self.discriminator.build(discriminator_variables)
            self.built = True

    @property
    def accumulated_batches(self):
        """Microbatches per update, an int."""
        return _accumulated(self.generator)

    @property
    def variables(self):
        return [*self.generator.variables, *self.discriminator.variables]

    @property
    def iterations(self):
        return self.generator.iterations

    @property
    def learning_rate(self):
        """The generator's. Set it on either optimizer to change one of them."""
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        self.generator.learning_rate = value

    def save_own_variables(self, store):
        """Does nothing: both optimizers are saved as children."""

    def load_own_variables(self, store):
        """Does nothing: both optimizers are loaded as children."""

    def get_config(self):
        return {
            "generator": keras.optimizers.serialize(self.generator),
            "discriminator": keras.optimizers.serialize(self.discriminator),
            "name": self.name,
        }


def with_loss_scaling(optimizer):
    """Wraps an optimizer in a `LossScaleOptimizer`, unless it is one.

    float16 gradients underflow unless the loss is scaled.

    Raises:
        ValueError: if it accumulates gradients.
    """
    if not isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    if optimizer.inner_optimizer.gradient_accumulation_steps:
        # Keras skips a microbatch that overflows, and the next ones take its place.
        raise ValueError(
            "Gradients cannot be accumulated with 'mixed_float16': use "
            "'mixed_bfloat16'. Received: gradient_accumulation_steps="
            f"{optimizer.inner_optimizer.gradient_accumulation_steps}"
        )
    return optimizer


def _accumulated(optimizer):
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        optimizer = optimizer.inner_optimizer
    return optimizer.gradient_accumulation_steps or 1
