"""Pictures of a trained run."""

import contextlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.experiment.recipe.settings import TrainSettings
from keras_s3gan.experiment.runs.build import load_run
from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.keras_settings import keras_settings
from keras_s3gan.models import GAN

# Number of rows for an unconditional model.
_ROWS_WITHOUT_CLASSES = 10


@keras_settings()
def sample(
    path: str | Path,
    labels: Sequence[int] | None = None,
    count: int = 10,
    truncation: float | None = None,
    seed: int = 0,
    output: str | Path | None = None,
    checkpoint: str | int = "last",
    ema: float | None = None,
) -> Path:
    """Draws a grid of random images of a run, one row per class.

    Args:
        path: the folder of the run.
        labels: list of classes, one per row. Defaults to all classes.
        count: integer. Images per row.
        truncation: float or `None`, see `GAN.generate`.
        seed: integer. Seed of the latents.
        output: path of the PNG. Defaults to `sample-seed<seed>.png` in the folder.
        checkpoint: `"last"`, `"best"` or a step.
        ema: width of the average, see `load_run`.

    Returns:
        The path of the PNG.

    Raises:
        ValueError: if `path` is not a run, or a label is not one of its classes.
    """
    folder, settings, gan = load_run(path, checkpoint, ema)
    chosen = _chosen_labels(gan, labels)
    images = gan.generate(
        _images_to_generate(gan, chosen, count),
        truncation=truncation,
        seed=seed,
        batch_size=settings.batch_size,
    )
    output = output or folder.path / f"sample-seed{seed}.png"
    return _draw(gan, images, chosen, _class_names(folder, settings), Path(output))


@keras_settings()
def interpolate(
    path: str | Path,
    labels: Sequence[int] | None = None,
    count: int = 10,
    seed: int = 0,
    output: str | Path | None = None,
    checkpoint: str | int = "last",
) -> Path:
    """Draws interpolations between two images of a class, one row per class.

    Args:
        path: the folder of the run.
        labels: list of classes, one per row. Defaults to all classes.
        count: integer of at least 2. Images per row, both ends included.
        seed: integer. Seed of the ends.
        output: path of the PNG. Defaults to `interpolation-seed<seed>.png` in the
            folder.
        checkpoint: `"last"`, `"best"` or a step.

    Returns:
        The path of the PNG.

    Raises:
        ValueError: if `path` is not a run, or a label is not one of its classes.
    """
    folder, settings, gan = load_run(path, checkpoint)
    chosen = _chosen_labels(gan, labels)
    ends = gan.sample_latents(2 * len(chosen), seed=seed)
    latents = gan.interpolate_latents(ends[::2], ends[1::2], count)
    images = gan.generate(
        _images_to_generate(gan, chosen, count),
        latents=latents.reshape(-1, gan.latent_dim),
        batch_size=settings.batch_size,
    )
    output = output or folder.path / f"interpolation-seed{seed}.png"
    return _draw(gan, images, chosen, _class_names(folder, settings), Path(output))


def _chosen_labels(gan: GAN, labels: Sequence[int] | None) -> np.ndarray:
    if gan.num_classes is None:
        if labels is not None:
            raise ValueError(
                f"The model of this run has no classes. Received: labels={labels}"
            )
        return np.arange(_ROWS_WITHOUT_CLASSES)
    chosen = np.arange(gan.num_classes) if labels is None else np.asarray(labels)
    wrong = chosen[(chosen < 0) | (chosen >= gan.num_classes)]
    if wrong.size:
        raise ValueError(
            f"Labels must be from 0 to {gan.num_classes - 1}. "
            f"Received: label={wrong[0]}"
        )
    return chosen.astype("int32")


def _images_to_generate(gan: GAN, labels: np.ndarray, count: int) -> int | np.ndarray:
    return len(labels) * count if gan.num_classes is None else np.repeat(labels, count)


def _class_names(folder: RunFolder, settings: TrainSettings) -> list[str] | None:
    """The names of the classes from the run's record, which needs no images."""
    record = folder.read_record()
    if "class_names" in record:
        return record["class_names"]
    # The run of an earlier version: its images may be gone.
    with contextlib.suppress(ValueError, OSError):
        return open_source(settings).class_names if settings.uses_given_labels else None
    return None


def _draw(
    gan: GAN,
    images: np.ndarray,
    labels: np.ndarray,
    class_names: list[str] | None,
    output: Path,
) -> Path:
    names: list[str | int] = []
    if gan.num_classes is not None:
        names = [class_names[label] if class_names else label for label in labels]
    grid = images.reshape(len(labels), -1, *gan.image_shape)
    image_grid(grid, output, row_labels=names)
    return output
