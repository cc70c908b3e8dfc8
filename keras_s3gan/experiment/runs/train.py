"""One run, from top to bottom."""

import math
import sys
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np

from keras_s3gan import callbacks
from keras_s3gan.data.pipeline import batches
from keras_s3gan.data.source import Source
from keras_s3gan.data.subsets import labelled_only
from keras_s3gan.experiment.recipe.differences import differences
from keras_s3gan.experiment.recipe.resolve import ResolvedRecipe
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.build import build_gan, update_standing_statistics
from keras_s3gan.experiment.runs.devices import (
    OneDevice,
    RunDevices,
    check_batch_size,
    own_folder,
)
from keras_s3gan.experiment.runs.evaluate import Protocol, score
from keras_s3gan.experiment.runs.evaluator import NotScorable, run_evaluator
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import (
    check_same_images,
    image_record,
    open_source,
    report_passed_over,
)
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from keras_s3gan.experiment.runs.provenance import git_commit, machine, versions
from keras_s3gan.experiment.runs.scores import write_scores
from keras_s3gan.experiment.runs.training_labels import (
    TrainingLabels,
    training_labels,
    write_labels,
)
from keras_s3gan.metrics import Evaluator
from keras_s3gan.models import GAN


@keras_settings()
def train(
    resolved: ResolvedRecipe,
    path: str | Path,
    command: str = "",
    report: Callable[[str], None] = print,
    devices: RunDevices | None = None,
) -> RunFolder:
    """Trains a resolved recipe in a folder, from its last checkpoint if it has one.

    Args:
        resolved: the `ResolvedRecipe` that was resolved last.
        path: the folder of the run.
        command: string. The command line, for the record.
        report: callable that takes a line of text for the user.
        devices: `backend.Devices` that share every batch. Defaults to one device. The
            first of several processes writes; all must have access to the folder.

    Returns:
        The `RunFolder`, finished.

    Raises:
        ValueError: if the folder has another run, the recipe does not fit its images,
            or the batch size is not a multiple of the number of devices.
    """
    devices = devices or OneDevice()
    with own_folder(path, devices) as folder, folder.lock():
        if folder.is_run():
            _check_same_run(folder, resolved)
        if folder.is_finished():
            report(f"The run in {folder.path} is finished.")
        else:
            _run(resolved, folder, command, report, devices)
    devices.wait("trained")
    return RunFolder(path)


def _check_same_run(folder: RunFolder, resolved: ResolvedRecipe) -> None:
    """Checks that a folder has the run of a recipe, whose images may be moved."""
    changed = differences(folder.stored_recipe(), resolved.text)
    moved = [line for line in changed if line.startswith("train.source is ")]
    settings = resolved.settings
    if not settings.source.startswith("folder:"):
        moved = []
    others = [line for line in changed if line not in moved]
    folder.check_same(others, backend=keras.backend.backend())
    if moved:
        source = open_source(settings)
        check_same_images(folder, settings, source)
        folder.write_recipe(resolved.text)
        folder.update_record(source=source.name)


def _run(
    resolved: ResolvedRecipe,
    folder: RunFolder,
    command: str,
    report: Callable[[str], None],
    devices: RunDevices,
) -> None:
    settings = resolved.settings
    source = open_source(settings)
    with devices.building():
        gan = build_gan(settings)
    check_batch_size(settings.batch_size, devices)
    report_passed_over(source, report)
    if folder.is_run():
        check_same_images(folder, settings, source)
    labels = training_labels(
        resolved,
        source,
        gan.image_shape,
        gan.num_classes,
        stored=folder.labels if folder.is_run() else None,
        report=report,
        devices=devices,
    )
    evaluator = _evaluator(settings, source, gan, report)
    # Pseudo-labelling and the evaluation classifier drew random numbers, unless both
    # were cached.
    keras.utils.set_random_seed(settings.seed)
    if not folder.is_run():
        write_labels(folder, labels)
        folder.start(
            resolved.text,
            recipe=resolved.name,
            command=command,
            backend=keras.backend.backend(),
            **image_record(settings, source),
            source=source.name,
            num_images=len(source),
            seed=settings.seed,
            devices=devices.total,
            versions=versions(),
            machine=machine(),
            git_commit=git_commit(),
            labelled_ids=labels.given_ids.tolist(),
        )
    report(
        f"{source.name}: {len(source):,} images, {len(labels.given_ids):,} labelled. "
        f"{settings.steps:,} steps on {keras.backend.backend()} in {folder.path}"
    )
    with devices.training():
        _train_and_show(
            gan, source, labels, settings, folder, evaluator, report, devices
        )
    folder.update_record(status="finished")


def _train_and_show(
    gan: GAN,
    source: Source,
    labels: TrainingLabels,
    settings: TrainSettings,
    folder: RunFolder,
    evaluator: Evaluator | None,
    report: Callable[[str], None],
    devices: RunDevices,
) -> None:
    if callbacks.restore_latest(gan, folder.checkpoints):
        report(f"Continuing from step {gan.step_count:,}.")
    if gan.step_count < settings.steps:
        _fit(gan, source, labels.labels, settings, folder, evaluator, devices)
    seconds = sum(float(r["seconds"]) for r in callbacks.read_history(folder.history))
    folder.update_record(training_seconds=round(seconds, 1))

    update_standing_statistics(gan, settings)
    names = source.class_names if settings.uses_given_labels else None
    callbacks.draw_samples(gan, folder.samples, class_names=names)
    callbacks.draw_interpolation(gan, folder.interpolation, class_names=names)
    if evaluator is not None:
        report("Scoring the samples ...")
        records = score(folder, settings, gan, evaluator, Protocol())
        write_scores(folder, settings, gan, source, evaluator, records)


def _evaluator(
    settings: TrainSettings,
    source: Source,
    gan: GAN,
    report: Callable[[str], None],
) -> Evaluator | None:
    """The run's evaluator; `None`, with a report, if the run cannot be scored."""
    try:
        return run_evaluator(settings, source, gan.image_shape)
    except NotScorable as error:
        report(f"The run will not be scored: {error}")
        return None


def _fit(
    gan: GAN,
    source: Source,
    labels: np.ndarray,
    settings: TrainSettings,
    folder: RunFolder,
    evaluator: Evaluator | None,
    devices: RunDevices,
) -> None:
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
            _StopAfter(settings.steps - gan.step_count),
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
