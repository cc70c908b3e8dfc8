"""Collects features, predictions and statistics of images in one pass."""

import numpy as np

from keras_s3gan.metrics.features.images import as_bytes
from keras_s3gan.metrics.features.statistics import FeatureStatistics
from keras_s3gan.metrics.features.streaming import stream_outputs
from keras_s3gan.metrics.scores.inception_score import StreamingInceptionScore

_SPLITS = 10


class CollectedOutputs:
    """The result of `collect_outputs`. It has only the attributes asked for.

    Attributes:
        count: int. Number of images, N.
        labels: integers `[N]`: the classes of the images; or `None`.
        statistics: `FeatureStatistics`.
        features: float32 `[N, D]`.
        predictions: int32 `[N]`: the most probable class of each image.
        logits: float32 `[N, K]`, without the bias where the network has such.
        images: uint8 `[N, H, W, C]`.
        inception_scores: floats `[10]`: the inception scores of 10 parts of the
            images; one per image if there are fewer than 10.
    """

    def __init__(self, count, labels=None, **collected):
        self.count = count
        self.labels = labels
        vars(self).update(collected)

    def take(self, indices):
        """Returns the same outputs of some of the images.

        Statistics are computed from the features, and inception scores from the logits,
        if these were collected too, see `with_sources`; else they are left out.

        Args:
            indices: ascending integers `[M]`.

        Returns:
            `CollectedOutputs`.
        """
        collected = {
            kind: values[indices]
            for kind, values in vars(self).items()
            if kind in _PER_IMAGE
        }
        for kind, source in SOURCES.items():
            if hasattr(self, kind) and source in collected:
                collector = COLLECTORS[kind](len(indices))
                collector.update(None, collected)
                collected[kind] = collector.result()
        labels = None if self.labels is None else self.labels[indices]
        return CollectedOutputs(len(indices), labels, **collected)


def collect_outputs(extractor, batches, count, kinds=("statistics",), labels=None):
    """Passes images through a network in batches and collects its outputs.

    Statistics and inception scores take the same memory for any number of images;
    features, images and predictions are kept for every image.

    Args:
        extractor: a `FeatureExtractor`.
        batches: iterable of image batches, as in `stream_features`, or one array.
        count: int. Number of images.
        kinds: names of the attributes of `CollectedOutputs` to collect.
        labels: integers `[count]` or `None`, stored unchanged.

    Returns:
        `CollectedOutputs`.

    Raises:
        ValueError: as `stream_features`, or if the network does not give logits that
            are needed.

    Example:
        >>> collect_outputs(extractor, images, len(images), ["features"]).features.shape
        (5000, 128)
    """
    collectors = {kind: COLLECTORS[kind](count) for kind in kinds}
    for images, outputs in stream_outputs(extractor, batches, count):
        if "logits" not in outputs and _OF_LOGITS & {*kinds}:
            raise ValueError(
                "This score needs a network that gives logits. "
                f"Received: {extractor.identifier}, which returns {sorted(outputs)}"
            )
        for collector in collectors.values():
            collector.update(images, outputs)
    collected = {kind: collector.result() for kind, collector in collectors.items()}
    return CollectedOutputs(count, labels, **collected)


def with_sources(kinds):
    """Adds to names of attributes those that `CollectedOutputs.take` computes from."""
    return {*kinds, *(SOURCES[kind] for kind in kinds if kind in SOURCES)}


class _Statistics:
    def __init__(self, count):
        del count
        self.statistics = None

    def update(self, images, outputs):
        features = outputs["features"]
        self.statistics = self.statistics or FeatureStatistics(features.shape[1])
        self.statistics.update(features)

    def result(self):
        return self.statistics


class _Kept:
    """Keeps one row per image, in an array that is allocated once."""

    def __init__(self, count):
        self.count, self.filled, self.rows = count, 0, None

    def update(self, images, outputs):
        new = self.select(images, outputs)
        if self.rows is None:
            self.rows = np.empty((self.count, *new.shape[1:]), new.dtype)
        self.rows[self.filled : self.filled + len(new)] = new
        self.filled += len(new)

    def result(self):
        return self.rows


class _Features(_Kept):
    def select(self, images, outputs):
        return outputs["features"]


class _Images(_Kept):
    def select(self, images, outputs):
        return as_bytes(images)


class _Predictions(_Kept):
    def select(self, images, outputs):
        return outputs["logits"].argmax(axis=-1).astype("int32")


class _Logits(_Kept):
    def select(self, images, outputs):
        # The original inception score and torch-fidelity's leave the bias out.
        return outputs.get("unbiased_logits", outputs["logits"])


class _InceptionScores(_Logits):
    def __init__(self, count):
        splits = min(_SPLITS, count)
        self.ends = np.arange(1, splits + 1) * count // splits
        self.seen, self.parts = 0, []

    def update(self, images, outputs):
        logits = self.select(images, outputs)
        while len(logits):
            if not self.parts or self.seen == self.ends[len(self.parts) - 1]:
                self.parts.append(StreamingInceptionScore(logits.shape[1]))
            part = logits[: self.ends[len(self.parts) - 1] - self.seen]
            self.parts[-1].update(part)
            self.seen += len(part)
            logits = logits[len(part) :]

    def result(self):
        return np.array([part.result() for part in self.parts])


COLLECTORS = {
    "statistics": _Statistics,
    "features": _Features,
    "images": _Images,
    "predictions": _Predictions,
    "logits": _Logits,
    "inception_scores": _InceptionScores,
}
# What the summaries of all images are computed from.
SOURCES = {"statistics": "features", "inception_scores": "logits"}
_PER_IMAGE = COLLECTORS.keys() - SOURCES.keys()
_OF_LOGITS = {"predictions", "logits", "inception_scores"}
