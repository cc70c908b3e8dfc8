"""Builds the model of a run from settings, or from the folder of a trained run."""

from pathlib import Path

import keras

from keras_s3gan.backend import make_deterministic
from keras_s3gan.callbacks import (
    checkpoint_step,
    checkpoints,
    post_hoc_average,
    restore,
    restore_latest,
)
from keras_s3gan.experiment.recipe.resolve import resolve_recipe
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.folder import RunFolder, open_run
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from keras_s3gan.models import GAN


def build_gan(settings: TrainSettings) -> GAN:
    """Builds and compiles the model of a run; the seed determines it.

    Args:
        settings: the `TrainSettings`.

    Returns:
        A compiled model with all its variables.
    """
    if settings.deterministic:
        make_deterministic()
    keras.utils.set_random_seed(settings.seed)
    # The evaluation classifier has its own dtype policy.
    with keras_settings(settings.dtype_policy):
        gan = settings.model(
            generator=settings.generator(),
            discriminator=settings.discriminator(),
            seed=settings.seed,
        )
        gan.compile(
            generator_optimizer=settings.generator_optimizer(),
            discriminator_optimizer=settings.discriminator_optimizer(),
            loss=settings.loss,
            jit_compile=settings.jit_compile,
        )
    return gan


def load_run(
    path: str | Path, checkpoint: str | int = "last", ema: float | None = None
) -> tuple[RunFolder, TrainSettings, GAN]:
    """Builds the model of a run and restores a checkpoint.

    Args:
        path: the folder of the run.
        checkpoint: `"last"`; `"best"`, of those scored during training; or a step.
        ema: width of the average in place of the trained one, from the run's snapshots,
            see `callbacks.post_hoc_average`, or `None`.

    Returns:
        A triple: the `RunFolder`, the `TrainSettings` and the model, whose averaged
        generator has its standing statistics.

    Raises:
        ValueError: if `path` is not a run, has no such checkpoint, or no snapshots.
    """
    folder = open_run(path)
    settings = resolve_recipe(folder.recipe, stored=True).settings
    gan = build_gan(settings)
    if checkpoint == "last":
        if restore_latest(gan, folder.checkpoints) is None:
            raise ValueError(f"The run {folder.path} has no checkpoint yet.")
    else:
        restore(gan, _find_checkpoint(folder, checkpoint))
    if ema is not None:
        post_hoc_average(gan, folder.averages, ema)
    update_standing_statistics(gan, settings)
    return folder, settings, gan


def all_checkpoints(folder: RunFolder) -> dict[int, Path]:
    """The kept checkpoints of a run by step, oldest first, with the best one."""
    found = [*checkpoints(folder.best), *checkpoints(folder.checkpoints)]
    return dict(sorted((checkpoint_step(path), path) for path in found))


def _find_checkpoint(folder: RunFolder, checkpoint: str | int) -> Path:
    if checkpoint == "best":
        best = checkpoints(folder.best)
        if not best:
            raise ValueError(
                f"The run {folder.path} has no best checkpoint: it was not scored "
                "while training (train.evaluate_every_epochs)."
            )
        return best[-1]
    found = all_checkpoints(folder)
    if str(checkpoint) not in map(str, found):
        raise ValueError(
            f"The checkpoint must be last, best or a step of {sorted(found)}. "
            f"Received: {checkpoint}"
        )
    return found[int(checkpoint)]


def update_standing_statistics(gan: GAN, settings: TrainSettings) -> None:
    """Computes the standing statistics of the averaged generator."""
    gan.update_standing_statistics(
        num_batches=settings.standing_statistics_batches,
        batch_size=settings.batch_size,
        seed=settings.seed,
    )
