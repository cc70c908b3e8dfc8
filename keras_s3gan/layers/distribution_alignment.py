"""Predicted classes that are as frequent as they should be."""

import keras
from keras import ops

from keras_s3gan import backend

# For classes that are never predicted, or should not be.
_LEAST = 1e-6


@keras.saving.register_keras_serializable("keras_s3gan")
class DistributionAlignment(keras.layers.Layer):
    """Divides probabilities by how much more often a class is predicted than it occurs.

    `p_c · shares_c / predicted_c`, normalized to a sum of 1, where `predicted` is the
    moving mean of `p`. It starts at `shares`, so that nothing changes at first.

    Args:
        num_classes: int.
        shares: `[num_classes]`, numbers with the sum 1: how often each class should be
            predicted; zeros if that is set later. Defaults to equal shares.
        decay: float. Decay of the moving mean. Defaults to `0.99`.

    Call arguments:
        probabilities: `[N, num_classes]`, float32.
        weights: `[N]`, 1 for the images that the moving mean is over, 0 for others.
            Defaults to all. With replicas the mean is over the images of all.
        training: bool. Whether the moving mean moves.

    Returns:
        A tensor `[N, num_classes]`.

    Example:
        >>> layer = DistributionAlignment(2, decay=0.0)
        >>> aligned = layer(keras.ops.array([[0.9, 0.1], [0.7, 0.3]]), training=True)
        >>> keras.ops.convert_to_numpy(aligned).round(2)
        array([[0.69, 0.31],
               [0.37, 0.63]], dtype=float32)

    Reference:
        - Berthelot et al., 2020, https://arxiv.org/abs/1911.09785
    """

    def __init__(self, num_classes, shares=None, decay=0.99, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.num_classes = num_classes
        self._shares = shares
        self.decay = decay
        start = [1 / num_classes] * num_classes if shares is None else list(shares)
        self.shares, self.predicted = (
            self.add_weight(
                name=name,
                shape=(num_classes,),
                initializer=lambda shape, dtype=None: ops.convert_to_tensor(
                    start, dtype
                ),
                trainable=False,
            )
            for name in ("shares", "predicted")
        )
        self.built = True

    def set_shares(self, shares):
        """Sets how often classes should be predicted; a change restarts the mean."""
        shares = ops.cast(ops.convert_to_tensor(shares), "float32")
        if not bool(ops.all(shares == self.shares.value)):
            self.shares.assign(shares)
            self.predicted.assign(shares)

    def observe(self, probabilities, weights=None):
        """Moves the mean by one batch; arguments as in the call."""
        moved_mean(self.predicted, probabilities, self.decay, weights)

    def factors(self):
        """`[num_classes]`, what probabilities are multiplied by before the sum is 1."""
        return (self.shares + _LEAST) / (self.predicted + _LEAST)

    def call(self, probabilities, weights=None, training=False):
        if training:
            self.observe(probabilities, weights)
        aligned = probabilities * self.factors()
        return aligned / ops.sum(aligned, axis=-1, keepdims=True)

    def compute_output_shape(self, probabilities_shape):
        return probabilities_shape

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "shares": self._shares,
            "decay": self.decay,
        }


def moved_mean(mean, values, decay, weights=None):
    """Moves a variable towards the mean of a batch, over all replicas.

    Args:
        mean: Keras variable `[…]`.
        values: `[N, …]`.
        decay: float.
        weights: `[N]`, 1 or 0, or `None`. If all are 0, nothing moves.

    Returns:
        The new value.
    """
    values = ops.stop_gradient(values)
    if weights is None:
        (found,) = backend.replica_mean(ops.mean(values, axis=0))
        rate = 1.0 - decay
    else:
        shape = (-1, *[1] * (len(values.shape) - 1))
        total, count = backend.replica_mean(
            ops.sum(values * ops.reshape(weights, shape), axis=0), ops.sum(weights)
        )
        found = total / ops.where(count > 0, count, 1.0)
        rate = ops.where(count > 0, 1.0 - decay, 0.0)
    mean.assign(mean.value + rate * (found - mean.value))
    return mean.value
