"""R1 and R2 without second derivatives."""

import math

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.penalties.penalty import Penalty

POINTS = ("real", "fake", "both")


@keras.saving.register_keras_serializable("keras_s3gan")
class FiniteDifferences(Penalty):
    """Penalizes the discriminator's gradient by differences of its logits.

    `mean((D(x + ε n) - D(x))² / ε²)`, where n is normal noise of each image. For a
    small ε, and in the mean over n, that is `mean(‖∇D(x)‖²)`: the value of R1 and R2,
    without a second derivative. All logits are of one call of the discriminator.

    Args:
        points: `"real"` (R1), `"fake"` (R2), or `"both"`, of which the penalties are
            added. Defaults to `"both"`.
        epsilon: float > 0. Deviation of the noise, for images in [-1, 1]. Defaults to
            `0.01`.
        batch_fraction: float in (0, 1]. Share of each batch that is copied, of each
            replica's part, rounded up. Defaults to `1.0`.

    Call arguments:
        real_logits: `[N, 1]`.
        fake_logits: `[M, 1]`.
        real_copy_logits, fake_copy_logits: `[n, 1]`, of the copies of the first n
            images of each kind; of none if `points` leaves the kind out.

    Returns:
        A scalar in float32.

    Raises:
        ValueError: if an argument is not allowed.

    Example:
        >>> gan = GAN(generator, discriminator, penalty="finite_differences")
        >>> gan.compile("adam", "adam", loss="relativistic_paired")

    Reference:
        - Lin et al., 2025, https://arxiv.org/abs/2511.22475
        - R1, R2: Mescheder et al., 2018, https://arxiv.org/abs/1801.04406
    """

    acts_on = "copies"
    default_weight = 0.25

    def __init__(self, points="both", epsilon=0.01, batch_fraction=1.0):
        if points not in POINTS:
            raise ValueError(
                f"`points` must be one of {POINTS}. Received: points={points}"
            )
        if epsilon <= 0:
            raise ValueError(f"`epsilon` must be positive. Received: epsilon={epsilon}")
        if not 0 < batch_fraction <= 1:
            raise ValueError(
                "`batch_fraction` must be in (0, 1]. "
                f"Received: batch_fraction={batch_fraction}"
            )
        self.points = points
        self.epsilon = epsilon
        self.batch_fraction = batch_fraction

    def copies(self, real, fake, seed):
        """The images with noise: a pair, with `None` for a kind that is left out."""
        return tuple(
            self._with_noise(images, seed) if self.points in (kind, "both") else None
            for kind, images in (("real", real), ("fake", fake))
        )

    def _with_noise(self, images, seed):
        count = math.ceil(images.shape[0] * self.batch_fraction)
        # Drawn for all replicas, so that each image gets what it gets without them.
        total = (count * backend.replica_count(), *images.shape[1:])
        noise = backend.replica_part(keras.random.normal(total, seed=seed))
        return images[:count] + self.epsilon * noise

    def __call__(self, real_logits, fake_logits, real_copy_logits, fake_copy_logits):
        pairs = ((real_logits, real_copy_logits), (fake_logits, fake_copy_logits))
        return sum(
            self._squared_slopes(logits, copies)
            for logits, copies in pairs
            if copies.shape[0]
        )

    def _squared_slopes(self, logits, copies):
        # In half precision the difference of two near numbers would be lost.
        before = ops.cast(logits[: copies.shape[0]], "float32")
        after = ops.cast(copies, "float32")
        return ops.mean(ops.square((after - before) / self.epsilon))

    def get_config(self):
        return {
            "points": self.points,
            "epsilon": self.epsilon,
            "batch_fraction": self.batch_fraction,
        }
