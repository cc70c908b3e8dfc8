"""Refinement: the labels change while the GAN trains on them.

The training is cut where labels change, so that no batch is loaded with labels of the
time before. The labels of each time are stored beside the checkpoints, as a part of
what the next step depends on.
"""

import dataclasses
from collections.abc import Callable

import numpy as np

from keras_s3gan.callbacks import checkpoint_step, checkpoints
from keras_s3gan.data.source import Source
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.devices import RunDevices
from keras_s3gan.experiment.runs.fitting import fit_gan
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.label_accuracy import accuracy_line
from keras_s3gan.experiment.runs.training_labels import TrainingLabels, source_images
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.labels.refinement import refine_labels
from keras_s3gan.metrics import Evaluator
from keras_s3gan.models import GAN, S3GAN

_BATCH = 1024


def check_refinement(settings: TrainSettings, gan: GAN) -> None:
    """Raises a `ValueError` if labels are to be refined by a model that cannot."""
    if settings.refine_labels_every_epochs is None:
        return
    if not isinstance(gan, S3GAN) or gan.class_predictor is None:
        raise ValueError(
            "Labels are refined by the predictor of an S3GAN: bind S3GAN.predictor = "
            "'hard', or train.refine_labels_every_epochs = None. Received: "
            f"train.refine_labels_every_epochs={settings.refine_labels_every_epochs}"
        )


def fit_and_refine(
    gan: S3GAN,
    source: Source,
    labels: TrainingLabels,
    settings: TrainSettings,
    folder: RunFolder,
    evaluator: Evaluator | None,
    devices: RunDevices,
    report: Callable[[str], None],
) -> None:
    """As `fit_gan`, with new labels every `refine_labels_every_epochs`.

    Each time they are made from the labels before the training and the predictor, so
    that mistakes do not add up.

    Args:
        gan, source, settings, folder, evaluator, devices: as in `fit_gan`.
        labels: the `TrainingLabels` before the training.
        report: callable that takes a line of text for the user.
    """
    epochs = settings.refine_labels_every_epochs or settings.epochs
    interval = epochs * settings.steps_per_epoch
    while gan.step_count < settings.steps:
        # The step of the last change; after a pause training may be behind it.
        changed = gan.step_count // interval * interval
        current = labels.labels
        if changed:
            path = folder.refined / f"step-{changed:08d}.npz"
            if gan.step_count == changed or not path.is_file():
                _refined(gan, source, labels, settings, report).save(path)
            current = InferredLabels.load(path).labels
        until = min(changed + interval, settings.steps)
        fit_gan(
            *(gan, source, current, settings, folder, evaluator, devices),
            until=until,
        )


def _refined(
    gan: S3GAN,
    source: Source,
    labels: TrainingLabels,
    settings: TrainSettings,
    report: Callable[[str], None],
) -> InferredLabels:
    """The labels at this step; their `metadata` has the accuracy, if it is known."""
    images = source_images(source, gan.image_shape, settings)
    starts = range(0, len(images), _BATCH)
    probabilities = np.concatenate(
        [
            gan.predict_label_probabilities(
                images[np.arange(start, min(start + _BATCH, len(images)))]
            )
            for start in starts
        ]
    )
    before = labels.inferred or InferredLabels(
        labels.labels, labels.given_ids, probabilities.shape[1]
    )
    # Given are the labels of this run, whatever a file of labels says.
    before = dataclasses.replace(before, given_ids=labels.given_ids)
    refined = refine_labels(before, probabilities, settings.refine_labels_confidence)
    number = int(np.sum(refined.hard != before.hard))
    report(f"Labels of {number:,} images are refined at step {gan.step_count:,}.")
    accuracy = refined.accuracy(source.labels())
    if not accuracy["num_images"]:
        return refined
    report(accuracy_line(accuracy))
    return dataclasses.replace(
        refined, metadata={**before.metadata, "label_accuracy": accuracy}
    )


def last_refined(folder: RunFolder) -> InferredLabels | None:
    """The labels of the last change, `None` if there was none."""
    found = checkpoints(folder.refined)
    return InferredLabels.load(max(found, key=checkpoint_step)) if found else None
