"""Self-training: generated images help to label the images that the GAN is trained on.

The third stage of DPT, for a GAN. A round is in a folder `rounds/N` of the run: its
labels, and the GAN that is trained on them. The last round is the run itself.
"""

import dataclasses
import shutil
import time
from collections.abc import Callable
from typing import Any, cast

import keras
import numpy as np

from keras_s3gan import callbacks
from keras_s3gan.class_balance import count_classes
from keras_s3gan.data.pipeline import PreparedImages
from keras_s3gan.data.source import Source
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.build import build_gan, update_standing_statistics
from keras_s3gan.experiment.runs.devices import RunDevices
from keras_s3gan.experiment.runs.fitting import fit_gan
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.label_accuracy import accuracy_line
from keras_s3gan.experiment.runs.training_labels import (
    TrainingLabels,
    checked_labels,
    source_images,
    write_labels,
)
from keras_s3gan.labels.inferred_labels import InferredLabels
from keras_s3gan.validation import to_bytes, to_float_range


def round_folder(folder: RunFolder, settings: TrainSettings, number: int) -> RunFolder:
    """The folder of a round, from 0; that of the last one is the run's."""
    last = number == settings.self_training_rounds
    return folder if last else RunFolder(folder.path / "rounds" / str(number))


def start_rounds(
    folder: RunFolder, settings: TrainSettings, labels: TrainingLabels
) -> None:
    """Writes the first labels of a new run, and removes what others left there."""
    for old in (folder.path / "rounds", folder.refined):
        shutil.rmtree(old, ignore_errors=True)
    folder.labels.unlink(missing_ok=True)
    write_labels(round_folder(folder, settings, 0), labels)


def self_training(
    resolved: ResolvedRecipe,
    source: Source,
    labels: TrainingLabels,
    folder: RunFolder,
    report: Callable[[str], None],
    devices: RunDevices,
) -> TrainingLabels:
    """Trains a GAN and infers the labels again, as often as the recipe says.

    A round that is done is not repeated, and the GAN of one that is not goes on from
    its last checkpoint.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        source: an image source.
        labels: the `TrainingLabels` of pseudo-labelling.
        folder: the `RunFolder` of the run.
        report: callable that takes a line of text for the user.
        devices: `backend.Devices` that share every batch.

    Returns:
        The `TrainingLabels` of the last round, whose report has `rounds`: the reports
        of all.
    """
    settings = resolved.settings
    rounds, reports = settings.self_training_rounds, [labels.report]
    for number in range(1, rounds + 1):
        before, after = (
            round_folder(folder, settings, n) for n in (number - 1, number)
        )
        if after.labels.is_file():
            inferred = InferredLabels.load(after.labels)
        else:
            report(f"Self-training, round {number} of {rounds} ...")
            inferred = _round(settings, source, labels, before, report, devices)
        labels = checked_labels(inferred, source.labels(), labels.given_ids, settings)
        reports.append(labels.report)
        if number == rounds:
            seconds = round(sum(part["seconds"] for part in reports), 1)
            whole = {**labels.report, "seconds": seconds, "rounds": reports}
            labels = dataclasses.replace(labels, report=whole)
        write_labels(after, labels)
        if labels.report.get("label_accuracy"):
            report(accuracy_line(labels.report["label_accuracy"]))
    return labels


def _round(
    settings: TrainSettings,
    source: Source,
    labels: TrainingLabels,
    folder: RunFolder,
    report: Callable[[str], None],
    devices: RunDevices,
) -> InferredLabels:
    """Labels of all images, inferred with generated ones among the labelled."""
    start = time.perf_counter()
    steps = settings.self_training_steps or settings.steps
    settings = dataclasses.replace(
        settings, steps=steps, refine_labels_every_epochs=None
    )
    with devices.building():
        gan = build_gan(settings)
    given = np.full(len(source), -1, "int32")
    given[labels.given_ids] = source.labels()[labels.given_ids]
    with devices.training():
        gan.count_labels(labels.labels)
        if callbacks.restore_latest(gan, folder.checkpoints):
            report(f"Continuing from step {gan.step_count:,}.")
        if gan.step_count < steps:
            fit_gan(gan, source, labels.labels, settings, folder, None, devices)
        update_standing_statistics(gan, settings)
        classes = _classes(given, gan.num_classes, settings.self_training_images)
        generated = gan.generate(
            classes, seed=settings.seed, batch_size=settings.batch_size
        )
    keras.utils.set_random_seed(settings.seed)
    real = source_images(source, gan.image_shape, settings)
    with devices.building(), devices.training():
        # The settings have checked that there is one.
        infer = cast(Callable[..., InferredLabels], settings.pseudo_labelling)
        made = infer(
            images=_Joined(real, to_bytes(generated)),
            labels=np.concatenate([given, classes]),
            num_classes=gan.num_classes,
            seed=settings.seed,
        )
    count = len(source)
    origin = labels.inferred.metadata["made_from"] if labels.inferred else {}
    return InferredLabels(
        made.labels[:count],
        made.given_ids[made.given_ids < count],
        made.num_classes,
        np.asarray(made.confidence)[:count],
        {"made_from": origin, "seconds": round(time.perf_counter() - start, 1)},
    )


def _classes(given: np.ndarray, num_classes: int, mean: int) -> np.ndarray:
    """Classes of the images to generate, as frequent as among the given labels.

    So the shares of the classes stay what pseudo-labelling takes them for.
    """
    shares = count_classes(given, num_classes)
    ends = np.round(np.cumsum(shares) / shares.sum() * mean * num_classes)
    numbers = np.diff(ends, prepend=0).astype(int)
    return np.repeat(np.arange(num_classes, dtype="int32"), np.maximum(numbers, 1))


class _Joined:
    """Images of a source, followed by others in memory.

    Args:
        first: images that are indexed like an array, floats in [-1, 1].
        others: uint8 `[M, …]`.
    """

    def __init__(self, first: PreparedImages, others: np.ndarray) -> None:
        self._first, self._others = first, others

    def __len__(self) -> int:
        return len(self._first) + len(self._others)

    def __getitem__(self, indices: Any) -> np.ndarray:
        indices = np.arange(len(self))[indices]
        late = indices >= len(self._first)
        found = np.empty((len(indices), *self._others.shape[1:]), "float32")
        if not late.all():
            found[~late] = self._first[indices[~late]]
        found[late] = to_float_range(self._others[indices[late] - len(self._first)])
        return found
