"""Numbers that change while a model trains."""

import math
import numbers

import keras
from keras import ops

from keras_s3gan.validation import check_integer


@keras.saving.register_keras_serializable("keras_s3gan")
class Cosine(keras.optimizers.schedules.LearningRateSchedule):
    """From one number to another along half a cosine, then constant.

    It stands where a number would: for a learning rate or `ScheduledAdam`'s `beta_2`,
    which count the updates of their optimizer, and for `penalty_weight`,
    `generator_penalty_weight` and `ema_half_life` of a GAN, which count its steps.

    Args:
        start: float. The value at step 0.
        end: float. The value from step `steps` on.
        steps: int >= 1.

    Call arguments:
        step: int scalar, the number of steps so far.

    Returns:
        A float32 scalar.

    Raises:
        ValueError: if an argument is not such a number.

    Example:
        >>> gamma = Cosine(0.05, 0.005, steps=1000)
        >>> [round(float(gamma(step)), 4) for step in (0, 500, 1000, 2000)]
        [0.05, 0.0275, 0.005, 0.005]
        >>> gan = GAN(generator, discriminator, penalty="r1", penalty_weight=gamma)

    Reference:
        - Loshchilov & Hutter, 2017, https://arxiv.org/abs/1608.03983
        - of all of a GAN's settings: Huang et al., 2024,
          https://arxiv.org/abs/2501.05441
    """

    def __init__(self, start, end, steps):
        for name, value in (("start", start), ("end", end)):
            check_number(name, value)
        check_integer("steps", steps)
        self.start = start
        self.end = end
        self.steps = steps

    def __call__(self, step):
        progress = fraction_done(step, 0, self.steps)
        passed = 0.5 - 0.5 * ops.cos(math.pi * progress)
        return self.start + (self.end - self.start) * passed

    def get_config(self):
        return {"start": self.start, "end": self.end, "steps": self.steps}


def fraction_done(step, start, end):
    """How much of the way from step `start` to step `end` is done, from 0 to 1.

    Args:
        step: int scalar.
        start, end: ints, `end` larger.

    Returns:
        A float32 scalar.
    """
    done = (ops.cast(step, "float32") - start) / (end - start)
    return ops.clip(done, 0.0, 1.0)


def value_at(value, step):
    """A number, or what a schedule has in its place at a step."""
    return value(step) if is_schedule(value) else value


def is_schedule(value):
    """Whether a value is a schedule of Keras, such as `Cosine`."""
    return isinstance(value, keras.optimizers.schedules.LearningRateSchedule)


def check_number(name, value, minimum=-math.inf):
    """Checks a number.

    Args:
        name: str. What the error calls it.
        value: what was given.
        minimum: float.

    Raises:
        ValueError: if it is not a finite number of at least `minimum`.
    """
    known = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not known or not math.isfinite(value) or value < minimum:
        least = "" if minimum == -math.inf else f" of at least {minimum:g}"
        raise ValueError(
            f"`{name}` must be a finite number{least}. Received: {name}={value!r}"
        )
