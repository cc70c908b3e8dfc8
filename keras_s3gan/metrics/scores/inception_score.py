"""Inception score."""

from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp, xlogy

from keras_s3gan.metrics.features.arrays import checked_features
from keras_s3gan.validation import check_integer


class InceptionScore(NamedTuple):
    """The result of `inception_score`: two floats."""

    mean: float
    standard_deviation: float


def inception_score(predictions, from_logits=True, splits=10, seed=None):
    """Computes the inception score: how confident and how varied predictions are.

    The score of a set of images is `exp(E KL(p(y|x) || p(y)))`, from 1 to the number of
    classes. It is computed for each of `splits` parts of the images.

    Args:
        predictions: `[N, classes]`, logits or probabilities, N at least `splits`.
        from_logits: bool. Whether `predictions` are logits. If not, each row must sum
            to 1.
        splits: int. Number of parts, of consecutive images.
        seed: int or `None`. Shuffles the images first, which is necessary if they are
            sorted by class.

    Returns:
        `InceptionScore`: `mean` and `standard_deviation` over the parts.

    Raises:
        ValueError: if the shape is wrong, a value is not finite or not a probability,
            or there are fewer images than splits.

    Example:
        >>> logits = 100 * np.eye(10)
        >>> round(inception_score(logits, splits=1).mean, 6)
        10.0

    Reference:
        - Salimans et al., 2016, https://arxiv.org/abs/1606.03498
    """
    check_integer("splits", splits)
    predictions = checked_features(predictions, "predictions", splits)
    if seed is not None:
        order = np.random.default_rng(seed).permutation(len(predictions))
        predictions = predictions[order]
    bounds = np.arange(splits + 1) * len(predictions) // splits
    scores = [
        StreamingInceptionScore(predictions.shape[1], from_logits)
        .update(predictions[start:end])
        .result()
        for start, end in zip(bounds[:-1], bounds[1:], strict=True)
    ]
    return InceptionScore(float(np.mean(scores)), float(np.std(scores)))


class StreamingInceptionScore:
    """The inception score of one set of images whose predictions come in batches.

    Args:
        classes: int. Number of classes.
        from_logits: bool. Whether predictions are logits. If not, each row must sum to
            1.

    Raises:
        ValueError: if `classes` is below 1.

    Example:
        >>> score = StreamingInceptionScore(10)
        >>> for _ in range(5):
        ...     score = score.update(100 * np.eye(10))
        >>> round(score.result(), 6)
        10.0
    """

    def __init__(self, classes, from_logits=True):
        check_integer("classes", classes)
        self.classes = classes
        self.from_logits = from_logits
        self.count = 0
        self._probabilities = np.zeros(classes)
        self._negative_entropy = 0.0

    def update(self, predictions):
        """Adds predictions `[N, classes]`; returns this object."""
        predictions = np.asarray(
            checked_features(predictions, "predictions"), "float64"
        )
        if predictions.shape[1] != self.classes:
            raise ValueError(
                f"`predictions` must be [N, {self.classes}]. "
                f"Received: shape={predictions.shape}"
            )
        if self.from_logits:
            logarithms = predictions - logsumexp(predictions, axis=1, keepdims=True)
            probabilities = np.exp(logarithms)
            products = probabilities * logarithms
        else:
            _check_probabilities(predictions)
            probabilities = predictions
            products = xlogy(probabilities, probabilities)
        self._probabilities += probabilities.sum(axis=0)
        self._negative_entropy += products.sum()
        self.count += len(predictions)
        return self

    def result(self):
        """Returns the score, a float from 1 to the number of classes."""
        if not self.count:
            raise ValueError("A score needs at least 1 prediction. Received: 0")
        marginal = self._probabilities / self.count
        divergence = (
            self._negative_entropy / self.count - xlogy(marginal, marginal).sum()
        )
        return float(np.exp(max(0.0, divergence)))


def _check_probabilities(predictions):
    sums = predictions.sum(axis=1)
    if predictions.size and (predictions.min() < 0 or np.abs(sums - 1).max() > 1e-3):
        raise ValueError(
            "`predictions` must be probabilities, rows of values of at least 0 that "
            "sum to 1, or logits with from_logits=True. Received: values from "
            f"{predictions.min()}, rows that sum to {sums.min()} up to {sums.max()}"
        )
