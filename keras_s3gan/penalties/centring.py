"""A penalty on logits that are far from zero."""

import keras
from keras import ops

from keras_s3gan.penalties.penalty import Penalty


@keras.saving.register_keras_serializable("keras_s3gan")
class Centring(Penalty):
    """Penalizes large logits: `mean(D(x)²) + mean(D(x̃)²)`.

    A relativistic loss sees differences of logits alone, so that their mean may drift.

    Call arguments:
        real_logits: `[N, 1]`.
        fake_logits: `[M, 1]`.

    Returns:
        A scalar in float32.

    Example:
        >>> gan = GAN(generator, discriminator, penalty=["r1_r2", "centring"])

    Reference:
        - Karras et al., 2018 (drift penalty), https://arxiv.org/abs/1710.10196
    """

    acts_on = "logits"
    default_weight = 0.01

    def __call__(self, real_logits, fake_logits):
        return sum(
            ops.mean(ops.square(ops.cast(logits, "float32")))
            for logits in (real_logits, fake_logits)
        )
