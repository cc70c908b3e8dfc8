"""The averaged generator, which makes all samples and scores."""

import numbers

from keras import ops

from keras_s3gan import backend
from keras_s3gan.models import power_averages
from keras_s3gan.models.schedules import check_number, is_schedule, value_at
from keras_s3gan.validation import check_integer


class Averaging:
    """Mixin of `GAN`: moving averages of the generator's weights."""

    def _make_average(self):
        """The averaged generator, whose weights are those of the generator."""
        generator = self.generator
        self.ema_generator = generator.__class__.from_config(
            {**generator.get_config(), "name": "ema_generator"}
        )
        self.ema_generator.trainable = False
        self.reset_average()

    def _make_power_averages(self):
        """For each of `post_hoc_widths` a list of variables."""
        self.power_averages = [
            [
                self.add_weight(
                    name=f"average_{number}",
                    shape=variable.shape,
                    dtype=variable.dtype,
                    initializer="zeros",
                    trainable=False,
                )
                for variable in self.generator.trainable_variables
            ]
            for number, _ in enumerate(self.post_hoc_widths)
        ]

    def _check_average_arguments(self):
        check_integer("ema_start_step", self.ema_start_step, 0)
        decay = self.ema_decay
        if not isinstance(decay, numbers.Real) or not 0 <= decay < 1:
            raise ValueError(
                f"`ema_decay` must be in [0, 1). Received: ema_decay={decay!r}"
            )
        half_life, warm_up = self.ema_half_life, self.ema_warm_up
        if half_life is not None and not is_schedule(half_life):
            check_number("ema_half_life", half_life, 0)
        if warm_up is not None:
            check_number("ema_warm_up", warm_up, 0)
            if half_life is None:
                raise ValueError(
                    "`ema_warm_up` is a part of the images so far, as the largest "
                    "`ema_half_life`: give that, too. "
                    f"Received: ema_warm_up={warm_up}, ema_half_life=None"
                )
        for width in self.post_hoc_widths:
            power_averages.check_width("post_hoc_widths", width)
        if len(set(self.post_hoc_widths)) < len(self.post_hoc_widths):
            raise ValueError(
                "`post_hoc_widths` must be different numbers. "
                f"Received: post_hoc_widths={self.post_hoc_widths}"
            )

    def reset_average(self):
        """Gives the averaged generator the weights that the generator has now.

        A new GAN does so itself. Call it after loading weights into the generator.
        """
        for variable, mean in zip(
            self.generator.weights, self.ema_generator.weights, strict=True
        ):
            mean.assign(ops.copy(variable))

    def _average_decay(self, num_images):
        """The decay of the average in a step with this many images of this replica."""
        decay = self.ema_decay
        if self.ema_half_life is not None:
            images = float(num_images * backend.replica_count())
            half_life = value_at(self.ema_half_life, self.steps)
            if self.ema_warm_up is not None:
                so_far = images * ops.cast(self.steps, "float32")
                half_life = ops.minimum(half_life, self.ema_warm_up * so_far)
            # A half-life of 0 makes the average a copy.
            decay = ops.power(0.5, images / ops.maximum(half_life, 1e-8))
        return ops.where(self.steps < self.ema_start_step, 0.0, decay)

    @property
    def averaged_weights(self):
        """Pairs of an averaged weight and the generator's, which is trained."""
        generator = self.generator
        trained = {id(variable) for variable in generator.trainable_variables}
        pairs = zip(self.ema_generator.weights, generator.weights, strict=True)
        return [pair for pair in pairs if id(pair[1]) in trained]

    def _update_average(self, num_images):
        generator, average = self.generator, self.ema_generator
        averaged = self.averaged_weights
        if averaged:
            decay = self._average_decay(num_images)
            backend.update_ema(*zip(*averaged, strict=True), decay)
        moved = {id(mean) for mean, _ in averaged}
        for mean, variable in zip(average.weights, generator.weights, strict=True):
            if id(mean) not in moved:
                mean.assign(variable)
        for width, means in zip(self.post_hoc_widths, self.power_averages, strict=True):
            decay = power_averages.decay(width, self.steps)
            backend.update_ema(means, generator.trainable_variables, decay)
