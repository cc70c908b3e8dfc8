"""Pictures from a run that was trained."""

import numpy as np

from keras_s3gan.callbacks.interpolation import interpolate_latents
from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.experiment.runs.build import load_run
from keras_s3gan.experiment.runs.image_source import open_source

# An unconditional model is asked for rows of images, not for classes.
_ROWS_WITHOUT_CLASSES = 10


def sample(
    path,
    labels=None,
    count=10,
    truncation=None,
    seed=0,
    output=None,
    checkpoint="last",
):
    """Draws a grid of random images of a run, a row a class.

    Args:
        path: the folder of the run.
        labels: list of classes, one for each row. Defaults to every class.
        count: integer. Images a row.
        truncation: float or `None`. Latents beyond it are drawn again.
        seed: integer. Draws the latents.
        output: path of the PNG. Defaults to `sample-seed<seed>.png` in the folder.
        checkpoint: `"last"`, `"best"` or a step.

    Returns:
        The path of the PNG.

    Raises:
        ValueError: if `path` is no run, or a label is none of its classes.
    """
    folder, settings, gan = load_run(path, checkpoint)
    labels = _rows(gan, labels)
    images = gan.generate(
        _asked(gan, labels, count),
        truncation=truncation,
        seed=seed,
        batch_size=settings.batch_size,
    )
    output = output or folder.path / f"sample-seed{seed}.png"
    return _draw(gan, images, labels, settings, output)


def interpolate(path, labels=None, count=10, seed=0, output=None, checkpoint="last"):
    """Draws rows that walk from one image to another of the same class.

    Args:
        path: the folder of the run.
        labels: list of classes, one for each row. Defaults to every class.
        count: integer of at least 2. Images a row, both ends included.
        seed: integer. Draws the ends.
        output: path of the PNG. Defaults to `interpolation-seed<seed>.png` in the
            folder.
        checkpoint: `"last"`, `"best"` or a step.

    Returns:
        The path of the PNG.

    Raises:
        ValueError: if `path` is no run, or a label is none of its classes.
    """
    folder, settings, gan = load_run(path, checkpoint)
    labels = _rows(gan, labels)
    ends = gan.sample_latents(2 * len(labels), seed=seed)
    latents = interpolate_latents(ends[::2], ends[1::2], count)
    images = gan.generate(
        _asked(gan, labels, count),
        latents=latents.reshape(-1, gan.latent_dim),
        batch_size=settings.batch_size,
    )
    output = output or folder.path / f"interpolation-seed{seed}.png"
    return _draw(gan, images, labels, settings, output)


def _rows(gan, labels):
    if gan.num_classes is None:
        if labels is not None:
            raise ValueError(
                f"The model of this run has no classes. Received: labels={labels}"
            )
        return np.arange(_ROWS_WITHOUT_CLASSES)
    labels = np.arange(gan.num_classes) if labels is None else np.asarray(labels)
    wrong = labels[(labels < 0) | (labels >= gan.num_classes)]
    if wrong.size:
        raise ValueError(
            f"Labels must be from 0 to {gan.num_classes - 1}. "
            f"Received: label={wrong[0]}"
        )
    return labels.astype("int32")


def _asked(gan, labels, count):
    return len(labels) * count if gan.num_classes is None else np.repeat(labels, count)


def _draw(gan, images, labels, settings, output):
    names = []
    if gan.num_classes is not None:
        # Without labels the generator was trained on other classes than the source's.
        named = bool(settings.label_fraction)
        class_names = open_source(settings).class_names if named else None
        names = [class_names[label] if class_names else label for label in labels]
    grid = images.reshape(len(labels), -1, *gan.image_shape)
    image_grid(grid, output, row_labels=names)
    return output
