"""The averaged generator, which makes all samples and scores."""

import numbers

from keras import ops

from keras_s3gan import backend
from keras_s3gan.validation import check_integer


class Averaging:
    """Mixin of `GAN`: the moving average of the generator's weights."""

    def _make_average(self):
        """The averaged generator, whose weights are those of the generator."""
        generator = self.generator
        self.ema_generator = generator.__class__.from_config(
            {**generator.get_config(), "name": "ema_generator"}
        )
        self.ema_generator.trainable = False
        self.reset_average()

    def _check_average_arguments(self):
        check_integer("ema_start_step", self.ema_start_step, 0)
        decay = self.ema_decay
        if not isinstance(decay, numbers.Real) or not 0 <= decay < 1:
            raise ValueError(
                f"`ema_decay` must be in [0, 1). Received: ema_decay={decay!r}"
            )

    def reset_average(self):
        """Gives the averaged generator the weights that the generator has now.

        A new GAN does so itself. Call it after loading weights into the generator.
        """
        for variable, mean in zip(
            self.generator.weights, self.ema_generator.weights, strict=True
        ):
            mean.assign(ops.copy(variable))

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
