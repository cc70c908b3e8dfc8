"""Adam with a decay of the squared gradients that changes while a model trains."""

import typing

import keras

from keras_s3gan.models.schedules import check_number, is_schedule, value_at

# On PyTorch Keras makes instances of a faster subclass.
_ADAM: typing.Any = type(keras.optimizers.Adam.__new__(keras.optimizers.Adam))


@keras.saving.register_keras_serializable("keras_s3gan")
class ScheduledAdam(_ADAM):
    """Adam whose `beta_2`, like the learning rate of any optimizer, may be a schedule.

    The bias correction of an update is that of its own `beta_2`.

    Args:
        learning_rate: float or schedule. Defaults to `0.001`.
        beta_1: float. Defaults to `0.9`.
        beta_2: float or schedule, such as `Cosine`, of the updates of this optimizer.
            Defaults to `0.999`.
        **kwargs: as in `keras.optimizers.Adam`.

    Raises:
        ValueError: if `beta_2` is neither in [0, 1) nor a schedule.

    Example:
        >>> rate, beta_2 = Cosine(2e-4, 5e-5, steps=1000), Cosine(0.9, 0.99, steps=1000)
        >>> gan = GAN(generator, discriminator)
        >>> gan.compile(*(ScheduledAdam(rate, 0.0, beta_2) for _ in range(2)))

    Reference:
        - Kingma & Ba, 2015, https://arxiv.org/abs/1412.6980
        - of `beta_2`: Huang et al., 2024, https://arxiv.org/abs/2501.05441
    """

    def __init__(self, learning_rate=0.001, beta_1=0.9, beta_2=0.999, **kwargs):
        if not is_schedule(beta_2):
            check_number("beta_2", beta_2, 0)
            if beta_2 >= 1:
                raise ValueError(
                    "`beta_2` must be in [0, 1), or a schedule. "
                    f"Received: beta_2={beta_2!r}"
                )
        super().__init__(
            learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2, **kwargs
        )

    # Read by Keras in every update.
    @property
    def beta_2(self):
        return value_at(self._beta_2, self.iterations)

    @beta_2.setter
    def beta_2(self, value):
        self._beta_2 = value

    def get_config(self):
        return {
            **super().get_config(),
            "beta_2": keras.saving.serialize_keras_object(self._beta_2),
        }

    @classmethod
    def from_config(cls, config, custom_objects=None):
        beta_2 = keras.saving.deserialize_keras_object(config["beta_2"], custom_objects)
        return super().from_config({**config, "beta_2": beta_2}, custom_objects)
