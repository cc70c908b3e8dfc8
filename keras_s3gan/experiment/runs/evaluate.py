"""Scores the checkpoints of a run."""

import dataclasses
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from keras_s3gan.callbacks import ScoreHistory, restore
from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.build import (
    all_checkpoints,
    load_run,
    update_standing_statistics,
)
from keras_s3gan.experiment.runs.devices import OneDevice, RunDevices, own_folder
from keras_s3gan.experiment.runs.evaluator import run_evaluator
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from keras_s3gan.experiment.runs.score_tables import (
    record_rows,
    score_rows,
    shown_value,
)
from keras_s3gan.experiment.runs.scores import write_scores
from keras_s3gan.metrics import (
    SCORES,
    Evaluation,
    Evaluator,
    ScoreName,
    ScoreRecord,
)
from keras_s3gan.models import GAN

_POLL_SECONDS = 5
# Takes the name of the activity, the number done and the total number.
Progress = Callable[[str, int, int], None]


@dataclasses.dataclass(frozen=True)
class Protocol:
    """How a run is scored.

    Args:
        scores: names. `None`: the recipe's.
        samples: integer. Number of generated images. `None`: the recipe's.
        seed: integer. Seed of the latents.
        repeats: integer. Number of measurements, each with other latents.
        truncation: float or `None`, see `GAN.generate`.
        bootstrap: integer. Number of random halves behind intervals, see
            `Evaluator.evaluate`.
    """

    scores: Sequence[str] | None = None
    samples: int | None = None
    seed: int = 0
    repeats: int = 1
    truncation: float | None = None
    bootstrap: int = 0


@keras_settings()
def evaluate(
    path: str | Path,
    protocol: Protocol | None = None,
    checkpoint: str | int = "last",
    progress: Progress | None = None,
    devices: RunDevices | None = None,
    ema: float | None = None,
) -> tuple[RunFolder, list[tuple[str, str, str]]]:
    """Scores a checkpoint of a run: `scores.json`, and a row of `scores.csv`.

    Args:
        path: the folder of the run.
        protocol: a `Protocol`. Defaults to that of a finished training.
        checkpoint: `"last"`, `"best"` or a step. Only scores of the last one are
            written to `scores.json`.
        progress: see `Evaluator.evaluate`.
        devices: `backend.Devices` that share every batch. Defaults to one device. The
            first of several processes writes.
        ema: width of the average, see `load_run`. With one nothing is written.

    Returns:
        The `RunFolder` and rows of text, see `record_rows`.

    Raises:
        ValueError: if `path` is not a run, or cannot be scored in this way.
    """
    with own_folder(path, devices or OneDevice()) as own:
        folder, settings, gan = load_run(own.path, checkpoint, ema)
        source = open_source(settings)
        protocol = protocol or Protocol()
        evaluator = run_evaluator(settings, source, gan.image_shape, protocol.scores)
        if ema is not None:
            found = _measure(settings, gan, evaluator, protocol, progress)
            return folder, record_rows(found.records)
        records = score(folder, settings, gan, evaluator, protocol, progress)
        if gan.step_count == max(all_checkpoints(folder)):
            write_scores(folder, settings, gan, source, evaluator, records)
            return folder, score_rows(folder)
    return folder, record_rows(records)


@keras_settings()
def evaluate_all(
    path: str | Path,
    protocol: Protocol | None = None,
    watch: bool = False,
    progress: Progress | None = None,
    report: Callable[[str], None] = print,
    devices: RunDevices | None = None,
) -> tuple[RunFolder, ScoreHistory]:
    """Scores all checkpoints of a run that have no such scores yet, oldest first.

    Args:
        path, protocol, progress: as in `evaluate`.
        watch: boolean. Whether to wait for further checkpoints until the run is
            finished.
        report: callable that takes a line of text for the user.
        devices: as in `evaluate`.

    Returns:
        The `RunFolder` and the `ScoreHistory`.

    Raises:
        ValueError: as `evaluate`, or if `watch` is true with several processes.
    """
    devices = devices or OneDevice()
    if watch and devices.processes > 1:
        raise ValueError(
            "`watch` needs one process; several processes score existing checkpoints "
            f"only. Received: watch=True, {devices.processes} processes"
        )
    protocol = protocol or Protocol()
    with own_folder(path, devices) as own:
        folder, settings, gan = load_run(own.path)
        source = open_source(settings)
        evaluator = run_evaluator(settings, source, gan.image_shape, protocol.scores)
        while True:
            finished = folder.is_finished()
            _score_all(folder, settings, gan, evaluator, protocol, progress, report)
            if finished or not watch:
                return folder, ScoreHistory(folder.score_history)
            time.sleep(_POLL_SECONDS)


def _score_all(
    folder: RunFolder,
    settings: TrainSettings,
    gan: GAN,
    evaluator: Evaluator,
    protocol: Protocol,
    progress: Progress | None,
    report: Callable[[str], None],
) -> None:
    """Scores all checkpoints that exist and have no such scores yet."""
    for step, checkpoint in all_checkpoints(folder).items():
        history = ScoreHistory(folder.score_history)
        if _is_known(history, step, evaluator, protocol, settings):
            continue
        try:
            restore(gan, checkpoint)
        except FileNotFoundError:
            # The run may be training now; it deletes all but its newest checkpoints.
            continue
        update_standing_statistics(gan, settings)
        records = score(folder, settings, gan, evaluator, protocol, progress)
        shown = ", ".join(f"{n} {shown_value(r)}" for n, r in records.items())
        report(f"step {step:,}: {shown}")


def _is_known(
    history: ScoreHistory,
    step: int,
    evaluator: Evaluator,
    protocol: Protocol,
    settings: TrainSettings,
) -> bool:
    known = {
        **dataclasses.asdict(protocol),
        "extractor": evaluator.extractor.identifier,
    }
    names = evaluator.full_names(protocol.samples or settings.score_samples)
    intervals = [
        name
        for name in names
        if protocol.bootstrap and SCORES[ScoreName.parse(name).score].uses_extractor
    ]
    return history.known(step, known, names, intervals)


def score(
    folder: RunFolder,
    settings: TrainSettings,
    gan: GAN,
    evaluator: Evaluator,
    protocol: Protocol,
    progress: Progress | None = None,
) -> dict[str, ScoreRecord]:
    """Scores a model; writes the scores to `scores.csv` and pictures to PNG files.

    Returns:
        Dictionary from name to `ScoreRecord`.
    """
    found = _measure(settings, gan, evaluator, protocol, progress)
    history = ScoreHistory(folder.score_history)
    history.add(gan.step_count, found.records.values())
    for name, images in found.pictures.items():
        image_grid(
            images,
            folder.path / f"{name}.png",
            row_labels=["generated", "nearest real"],
        )
    return found.records


def _measure(
    settings: TrainSettings,
    gan: GAN,
    evaluator: Evaluator,
    protocol: Protocol,
    progress: Progress | None,
) -> Evaluation:
    return evaluator.evaluate(
        gan,
        num_samples=protocol.samples or settings.score_samples,
        seed=protocol.seed,
        repeats=protocol.repeats,
        truncation=protocol.truncation,
        batch_size=settings.batch_size,
        progress=progress,
        bootstrap=protocol.bootstrap,
    )
