"""The evaluator of a run: its images, feature extractor and scores."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_s3gan.data.named import NAMED_SETS
from keras_s3gan.data.pipeline import PreparedImages, chosen_crop, load_images
from keras_s3gan.data.source import Source
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.metrics import (
    Evaluator,
    FeatureExtractor,
    RealImages,
    ScoreName,
    reference_classifier,
)


class NotScorable(ValueError):
    """The run cannot be scored: labels or weights are missing."""


def run_evaluator(
    settings: TrainSettings,
    source: Source,
    image_shape: tuple[int, int, int],
    scores: Sequence[str] | None = None,
) -> Evaluator:
    """Makes the evaluator of a run from its settings.

    The default extractor is an evaluation classifier, trained once on the source with
    ALL its labels, including the masked ones: it is used for scores only, never in
    training.

    Args:
        settings: the `TrainSettings`.
        source: the image source of the run. Its split is called `train` in the names
            of scores.
        image_shape: `(H, W, C)` of the model.
        scores: names. Defaults to the settings'.

    Returns:
        An `Evaluator`.

    Raises:
        NotScorable: if the source has no labels to train a classifier on, or the
            extractor's weights are not on this machine.
        ValueError: if a score is unknown or cannot be computed.
    """
    labelled = source.num_classes != 1 and bool((source.labels() >= 0).any())
    extractor = _extractor(settings, source, image_shape, labelled)
    same_classes = labelled and settings.uses_given_labels
    if scores is None:
        scores = settings.scores
    if scores is None:
        classifies = same_classes and settings.extractor is None
        scores = ["fid", "class_accuracy"] if classifies else ["fid"]
    splits = [ScoreName.parse(name).split for name in scores]
    others = {split for split in splits if split not in (None, "train")}
    real = [_real_images(settings, source, image_shape, "train")]
    for split in sorted(others):
        other = open_source(settings_of_split(settings, split))
        real.append(_real_images(settings, other, image_shape, split))
    return Evaluator(real, extractor, scores, same_classes)


def settings_of_split(settings: TrainSettings, split: str) -> TrainSettings:
    """The settings with another TFDS split as the source; `full` is all splits.

    Raises:
        ValueError: if the source has no splits.
    """
    kind, _, rest = settings.source.partition(":")
    split = "all" if split == "full" else split
    if kind in NAMED_SETS:
        source = f"{kind}:{split}"
    elif kind == "tfds":
        source = f"{kind}:{rest.partition(':')[0]}:{split}"
    else:
        raise ValueError(
            "Only sets of TensorFlow Datasets have other splits than `train`, the "
            f"images of the run. Received: split={split}, source={settings.source}"
        )
    return dataclasses.replace(settings, source=source)


def _extractor(
    settings: TrainSettings,
    source: Source,
    image_shape: tuple[int, int, int],
    labelled: bool,
) -> FeatureExtractor:
    if settings.extractor is not None:
        try:
            return settings.extractor()
        except FileNotFoundError as error:
            raise NotScorable(str(error)) from error
    if not labelled or source.num_classes is None:
        raise NotScorable(
            "Scores need a network: a classifier, which needs a source of at least two "
            "classes, or train.extractor = @InceptionExtractor. "
            f"Received: {source.name}, num_classes={source.num_classes}"
        )
    labels = source.labels()
    known = np.flatnonzero(labels >= 0)
    counts = np.bincount(labels[known], minlength=source.num_classes)
    if counts.min() < 2:
        raise NotScorable(
            "The evaluation classifier needs two labelled images of each class: label "
            "more images, or bind train.extractor = @InceptionExtractor. "
            f"Received: {counts.min()} of class {counts.argmin()}"
        )
    image_size, _, channels = image_shape
    images = load_images(
        *(source, image_size, channels, settings.image_fit, known), crop=settings.crop
    )
    return reference_classifier(images, labels[known], source.num_classes)


def _real_images(
    settings: TrainSettings,
    source: Source,
    image_shape: tuple[int, int, int],
    split: str,
) -> RealImages:
    image_size, _, channels = image_shape
    crop = chosen_crop(source, settings.crop)
    prepared: dict[str, Any] = {"fit": settings.image_fit, "crop": crop}
    images = PreparedImages(source, image_size, channels, **prepared)
    return RealImages(
        images,
        source.labels() if source.num_classes != 1 else None,
        split,
        source=f"{source.fingerprint()} {image_size} {channels} {prepared}",
        name=source.name,
    )
