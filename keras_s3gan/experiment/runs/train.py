"""One run, from top to bottom."""

from collections.abc import Callable
from pathlib import Path

import keras

from keras_s3gan import callbacks
from keras_s3gan.data.source import Source
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
from keras_s3gan.experiment.runs.label_accuracy import accuracy_line
from keras_s3gan.experiment.runs.provenance import git_commit, machine, versions
from keras_s3gan.experiment.runs.refinement import check_refinement, fit_and_refine
from keras_s3gan.experiment.runs.scores import write_scores
from keras_s3gan.experiment.runs.self_training import (
    round_folder,
    self_training,
    start_rounds,
)
from keras_s3gan.experiment.runs.training_labels import TrainingLabels, training_labels
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
    check_refinement(settings, gan)
    report_passed_over(source, report)
    if folder.is_run():
        check_same_images(folder, settings, source)
    labels = training_labels(
        resolved,
        source,
        gan.image_shape,
        gan.num_classes,
        stored=round_folder(folder, settings, 0).labels if folder.is_run() else None,
        report=report,
        devices=devices,
    )
    evaluator = _evaluator(settings, source, gan, report)
    # Pseudo-labelling and the evaluation classifier drew random numbers, unless both
    # were cached.
    keras.utils.set_random_seed(settings.seed)
    if not folder.is_run():
        start_rounds(folder, settings, labels)
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
    if labels.report.get("label_accuracy"):
        report(accuracy_line(labels.report["label_accuracy"]))
    if settings.self_training_rounds:
        labels = self_training(resolved, source, labels, folder, report, devices)
        keras.utils.set_random_seed(settings.seed)
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
    gan.count_labels(labels.labels)
    if callbacks.restore_latest(gan, folder.checkpoints):
        report(f"Continuing from step {gan.step_count:,}.")
    if gan.step_count < settings.steps:
        fit_and_refine(
            gan, source, labels, settings, folder, evaluator, devices, report
        )
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
