"""A penalty on logits that are far from their moving averages."""

import keras
from keras import ops

from keras_s3gan import backend


@keras.saving.register_keras_serializable("keras_s3gan")
class LeCam(keras.layers.Layer):
    """Penalizes distance from the moving average of the other images' logits.

    `mean(relu(D(x) - a_fake)²) + mean(relu(a_real - D(x̃))²)`, where `a` are the moving
    averages of the mean logits of real and generated images, updated first. For
    training with few images. It is a layer because the averages are state.

    Args:
        decay: float in [0, 1). Decay of the averages. Defaults to `0.99`.
        start_step: int. Number of first calls in which the averages are the current
            means and the penalty is 0. Defaults to `1000`.

    Call arguments:
        real_logits: `[N, 1]`.
        fake_logits: `[M, 1]`.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if `decay` is not in [0, 1).

    Example:
        >>> gan = GAN(generator, discriminator, penalty="lecam")

    Reference:
        - Tseng et al., 2021, https://arxiv.org/abs/2104.03310
    """

    acts_on = "logits"
    differentiates = False
    default_weight = 0.3

    def __init__(self, decay=0.99, start_step=1000, **kwargs):
        super().__init__(**{"autocast": False, "dtype": "float32", **kwargs})
        if not 0 <= decay < 1:
            raise ValueError(f"`decay` must be in [0, 1). Received: decay={decay}")
        self.decay = decay
        self.start_step = start_step
        self.real_average = self._state("real_average")
        self.fake_average = self._state("fake_average")
        self.calls = self._state("calls", "int32")
        self.built = True

    def _state(self, name, dtype="float32"):
        return self.add_weight(
            name=name, shape=(), dtype=dtype, initializer="zeros", trainable=False
        )

    def call(self, real_logits, fake_logits):
        started = self.calls >= self.start_step
        self.calls.assign_add(1)
        decay = ops.where(started, self.decay, 0.0)
        pairs = ((real_logits, self.real_average), (fake_logits, self.fake_average))
        for logits, average in pairs:
            mean = ops.mean(ops.stop_gradient(ops.cast(logits, "float32")))
            (mean,) = backend.replica_mean(mean)
            average.assign(mean + (average.value - mean) * decay)
        high = ops.relu(ops.cast(real_logits, "float32") - self.fake_average.value)
        low = ops.relu(self.real_average.value - ops.cast(fake_logits, "float32"))
        penalty = ops.mean(ops.square(high)) + ops.mean(ops.square(low))
        return penalty * ops.cast(started, "float32")

    def compute_output_shape(self, real_logits_shape, fake_logits_shape):
        return ()

    def get_config(self):
        return {
            **super().get_config(),
            "decay": self.decay,
            "start_step": self.start_step,
        }
