"""How much a predicted class counts, by rules that follow the training."""

import keras
from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.distribution_alignment import (
    DistributionAlignment,
    moved_mean,
)
from keras_s3gan.losses import labelled_mean

_PUBLISHED_DECAY = 0.999


class Confidence(keras.layers.Layer):
    """Base of the rules: a class for each image, and a weight in [0, 1].

    Args:
        num_classes: int.
        decay: float. Decay of the moving means. Defaults to `0.999`.

    Call arguments:
        probabilities: `[N, num_classes]`, predictions for images without a label.
        labelled: `[M, num_classes]`, predictions for labelled images.
        label_mask: `[M]`, 0 for those of them that have no label after all, else 1.
        training: bool. Whether the moving means move.

    Returns:
        `(classes, weights)`: integers `[N]` and float32 `[N]`.
    """

    def __init__(self, num_classes, decay=_PUBLISHED_DECAY, **kwargs):
        super().__init__(**{"dtype": "float32", **kwargs})
        self.num_classes = num_classes
        self.decay = decay

    def _state(self, name, value, shape=()):
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=keras.initializers.Constant(value),
            trainable=False,
        )

    def get_config(self):
        return {
            **super().get_config(),
            "num_classes": self.num_classes,
            "decay": self.decay,
        }


@keras.saving.register_keras_serializable("keras_s3gan")
class FreeMatch(Confidence):
    """Counts what is at least as probable as its class is on average.

    `weight = max p >= τ · q_c / max q`, where τ and q are the moving means of `max p`
    and of `p`. Both start at `1 / num_classes`. The paper's loss of fairness is not
    part of it.

    Args, Call arguments, Returns: as in `Confidence`.

    Reference:
        - Wang et al., 2023, https://arxiv.org/abs/2205.07246
    """

    def __init__(self, num_classes, decay=_PUBLISHED_DECAY, **kwargs):
        super().__init__(num_classes, decay, **kwargs)
        self.threshold = self._state("threshold", 1 / num_classes)
        self.predicted = self._state("predicted", 1 / num_classes, (num_classes,))
        self.built = True

    def call(self, probabilities, labelled, label_mask, training=False):
        most = ops.max(probabilities, axis=-1)
        if training:
            moved_mean(self.threshold, most, self.decay)
            moved_mean(self.predicted, probabilities, self.decay)
        thresholds = self.threshold * self.predicted / ops.max(self.predicted)
        classes = ops.argmax(probabilities, axis=-1)
        enough = most >= ops.take(thresholds, classes)
        return classes, ops.cast(enough, "float32")


@keras.saving.register_keras_serializable("keras_s3gan")
class SoftMatch(Confidence):
    """Counts less the further a probability is below the mean.

    `weight = exp(-min(max p - μ, 0)² / (2 σ² / 4))`, where μ and σ² are the moving mean
    and variance of `max p`, of probabilities that are aligned to equal shares of the
    classes. They start at `1 / num_classes` and 1. The class is that of probabilities
    that are not aligned.

    Args, Call arguments, Returns: as in `Confidence`.

    Reference:
        - Chen et al., 2023, https://arxiv.org/abs/2301.10921
    """

    def __init__(self, num_classes, decay=_PUBLISHED_DECAY, **kwargs):
        super().__init__(num_classes, decay, **kwargs)
        self.alignment = DistributionAlignment(num_classes, decay=decay)
        self.mean = self._state("mean", 1 / num_classes)
        self.variance = self._state("variance", 1.0)
        self.built = True

    def call(self, probabilities, labelled, label_mask, training=False):
        aligned = self.alignment(probabilities, training=training)
        most = ops.max(aligned, axis=-1)
        if training:
            first, second = backend.replica_mean(
                ops.mean(most), ops.mean(ops.square(most))
            )
            count = ops.cast(ops.size(most) * backend.replica_count(), "float32")
            # Unbiased, as published.
            unbiased = (second - ops.square(first)) * count / ops.maximum(count - 1, 1)
            self.mean.assign(self._moved(self.mean, first))
            self.variance.assign(self._moved(self.variance, unbiased))
        below = ops.minimum(most - self.mean, 0.0)
        exponent = ops.square(below) / (self.variance / 2 + 1e-12)
        return ops.argmax(probabilities, axis=-1), ops.exp(-exponent)

    def _moved(self, variable, value):
        return variable.value + (1 - self.decay) * (value - variable.value)


@keras.saving.register_keras_serializable("keras_s3gan")
class AdaMatch(Confidence):
    """Counts what is nearly as probable as predictions for labelled images are.

    `weight = max p >= cutoff · mean(max p of the labelled images)`, the mean over the
    batch; `p` is aligned to the moving mean of the predictions for labelled images, or
    to given shares.

    Args:
        num_classes, decay: as in `Confidence`.
        cutoff: float. Defaults to `0.95`.
        shares: `[num_classes]` or `None`: given shares of the classes.

    Call arguments, Returns: as in `Confidence`.

    Reference:
        - Berthelot et al., 2022, https://arxiv.org/abs/2106.04732
    """

    def __init__(
        self, num_classes, decay=_PUBLISHED_DECAY, cutoff=0.95, shares=None, **kwargs
    ):
        super().__init__(num_classes, decay, **kwargs)
        self.cutoff = cutoff
        self._shares = shares
        self.alignment = DistributionAlignment(num_classes, shares, decay)
        self.built = True

    def call(self, probabilities, labelled, label_mask, training=False):
        if training and self._shares is None:
            moved_mean(self.alignment.shares, labelled, self.decay, label_mask)
        aligned = self.alignment(probabilities, training=training)
        (mean,) = backend.replica_mean(
            labelled_mean(ops.max(labelled, axis=-1), label_mask)
        )
        enough = ops.max(aligned, axis=-1) >= self.cutoff * mean
        return ops.argmax(aligned, axis=-1), ops.cast(enough, "float32")

    def get_config(self):
        return {
            **super().get_config(),
            "cutoff": self.cutoff,
            "shares": self._shares,
        }


CONFIDENCES = {"freematch": FreeMatch, "softmatch": SoftMatch, "adamatch": AdaMatch}
