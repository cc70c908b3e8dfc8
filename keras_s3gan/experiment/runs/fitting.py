"""Trains the model of a run on its images and labels, with the files of its folder."""

import math
import sys

import keras
import numpy as np

from keras_s3gan import callbacks
from keras_s3gan.data.pipeline import batches
from keras_s3gan.data.source import Source
from keras_s3gan.data.subsets import labelled_only
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.devices import RunDevices
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.metrics import Evaluator
from keras_s3gan.models import GAN


def fit_gan(
    gan: GAN,
    source: Source,
    labels: np.ndarray,
    settings: TrainSettings,
    folder: RunFolder,
    evaluator: Evaluator | None,
    devices: RunDevices,
    until: int | None = None,
) -> None:
    """Trains a model from its step to the last one of the settings.

    Args:
        gan: the compiled model.
        source: an image source.
        labels: integers `[N]`, -1 for none, or soft labels.
        settings: the `TrainSettings`.
        folder: the `RunFolder` for history, pictures and checkpoints.
        evaluator: the `Evaluator` of scores during training, or `None`.
        devices: `backend.Devices` that share every batch.
        until: integer. The step to stop at. Defaults to the last one.
    """
    image_size, _, channels = gan.image_shape
    if settings.labelled_only:
        source, labels = labelled_only(source, labels)
    batch_size = gan.discriminator_steps * settings.batch_size
    dataset = batches(
        source,
        batch_size=batch_size,
        image_size=image_size,
        channels=channels,
        labels=labels,
        num_classes=gan.num_classes,
        seed=settings.seed,
        start_batch=gan.step_count,
        fit=settings.image_fit,
        crop=settings.crop,
        rows=devices.rows(batch_size),
        class_sampling=settings.class_sampling,
    )
    scoring = []
    if evaluator is not None and settings.evaluate_every_epochs:
        scoring = [
            callbacks.ScoreCallback(
                evaluator,
                folder.score_history,
                folder.best,
                settings.evaluate_every_epochs,
                settings.evaluation_samples,
                standing_batches=settings.standing_statistics_batches,
                batch_size=settings.batch_size,
            )
        ]
    snapshots = []
    if gan.post_hoc_widths:
        snapshots = [
            callbacks.AverageSnapshots(folder.averages, settings.snapshot_every_epochs)
        ]
    gan.fit(
        dataset,
        epochs=settings.epochs,
        initial_epoch=gan.step_count // settings.steps_per_epoch,
        steps_per_epoch=settings.steps_per_epoch,
        shuffle=False,
        verbose=_verbosity(devices),
        callbacks=[
            callbacks.StopOnNonFinite(),
            _StopAfter((until or settings.steps) - gan.step_count),
            *scoring,
            *snapshots,
            callbacks.HistoryFile(folder.history),
            callbacks.Evolution(
                folder.path,
                every_epochs=math.ceil(settings.epochs / (settings.evolution_rows - 1)),
                max_rows=settings.evolution_rows,
                class_names=source.class_names if settings.uses_given_labels else None,
            ),
            # Last: without it, rows that the others wrote for this epoch are dropped.
            callbacks.TrainingCheckpoint(
                folder.checkpoints, keep=settings.keep_checkpoints
            ),
        ],
    )


class _StopAfter(keras.callbacks.Callback):
    """Ends training after a number of steps, inside of an epoch, too."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.steps = steps

    # At the end of a batch, Keras would wait for its losses.
    def on_train_batch_begin(
        self, batch: int, logs: dict[str, float] | None = None
    ) -> None:
        self.steps -= 1
        if self.steps == 0:
            # Keras looks after the batch.
            self.model.stop_training = True


def _verbosity(devices: RunDevices) -> int:
    """`verbose` of `fit`: a bar on a terminal, else one line per epoch; one process."""
    if devices.process:
        return 0
    return 1 if sys.stdout.isatty() else 2
