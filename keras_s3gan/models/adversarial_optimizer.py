"""One optimizer that contains the generator's and the discriminator's."""

import keras


@keras.saving.register_keras_serializable("keras_s3gan")
class AdversarialOptimizer(keras.optimizers.Optimizer):
    """Contains two optimizers where Keras expects one.

    Keras' trainers save and restore `model.optimizer` only. This object is built, saved
    and restored with both optimizers, and has no state of its own. A callback that sets
    its learning rate changes both in proportion.

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
        self._rate_ratio = None
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
        """The generator's learning rate.

        To set it changes both learning rates in proportion. Set that of `generator` or
        `discriminator` to change one of them.

        Raises:
            ValueError: when it is set to what is not a number, or an optimizer has a
                schedule.
        """
        return self.generator.learning_rate

    @learning_rate.setter
    def learning_rate(self, value):
        optimizers = {"generator": self.generator, "discriminator": self.discriminator}
        for name, optimizer in optimizers.items():
            if not isinstance(unscaled(optimizer)._learning_rate, keras.Variable):
                raise ValueError(
                    "A learning rate with a schedule cannot be set. "
                    f"Received: a schedule of the {name}'s optimizer"
                )
        if callable(value):
            raise ValueError(
                "The learning rate of both optimizers must be a number. Hand schedules "
                f"over to each of them. Received: learning_rate={value}"
            )
        rates = [float(optimizer.learning_rate) for optimizer in optimizers.values()]
        # At a rate of zero the last ratio is kept.
        if rates[0]:
            self._rate_ratio = rates[1] / rates[0]
        if self._rate_ratio is None:
            raise ValueError(
                "The learning rates can only be changed in proportion if the "
                f"generator's is not 0. Received: {rates[0]} and {rates[1]}"
            )
        self.generator.learning_rate = value
        self.discriminator.learning_rate = value * self._rate_ratio

    def finalize_variable_values(self, var_list):
        """Gives weights their averages where an optimizer has `use_ema=True`."""
        for optimizer in (self.generator, self.discriminator):
            optimizer.finalize_variable_values(unscaled(optimizer)._trainable_variables)

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


def unscaled(optimizer):
    """The optimizer inside of a `LossScaleOptimizer`, or the optimizer itself."""
    if isinstance(optimizer, keras.optimizers.LossScaleOptimizer):
        return optimizer.inner_optimizer
    return optimizer


def without_weight_decay(optimizer, variables):
    """What `exclude_from_weight_decay` excludes, which Keras does not save.

    Args:
        optimizer: Keras optimizer.
        variables: list of the variables that it trains.

    Returns:
        Dict of a list of indices, `"variables"`, and a regular expression or `None`,
        `"names"`.
    """
    optimizer = unscaled(optimizer)
    excluded = getattr(optimizer, "_exclude_from_weight_decay", ())
    pattern = getattr(optimizer, "_exclude_from_weight_decay_pattern", None)
    return {
        "variables": [i for i, v in enumerate(variables) if id(v) in excluded],
        "names": pattern and pattern.pattern,
    }


def exclude_from_weight_decay(optimizer, variables, found):
    """Excludes what `without_weight_decay` found. The optimizer must not be built."""
    if found["variables"] or found["names"]:
        unscaled(optimizer).exclude_from_weight_decay(
            [variables[index] for index in found["variables"]],
            found["names"] and [found["names"]],
        )


def _accumulated(optimizer):
    return unscaled(optimizer).gradient_accumulation_steps or 1
