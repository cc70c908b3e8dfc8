from pathlib import Path

import keras
import numpy as np

from keras_s3gan.callbacks.pictures import image_grid
from keras_s3gan.callbacks.sampling import (
    generate_rows,
    row_count,
    row_labels,
    sample_rows,
)
from keras_s3gan.files import atomic_write
from keras_s3gan.validation import check_integer, to_bytes


def draw_samples(
    gan, path, columns=10, seed=0, truncation=None, class_names=None, scale=2
):
    """Draw random samples of the averaged generator to a PNG, a row a class.

    Of more than 20 classes an even choice of 20 is drawn.

    Args:
        gan: the model.
        path: str or `Path`.
        columns: int. Samples a class.
        seed: int.
        truncation: float or `None`, see `generate`.
        class_names: texts beside the rows. Defaults to the classes' numbers.
        scale: int. Pixels a pixel.

    Returns:
        The picture, a `PIL.Image.Image`.
    """
    images = sample_rows(gan, columns, seed, truncation)
    return image_grid(images, path, scale, row_labels=row_labels(gan, class_names))


class SampleGrid(keras.callbacks.Callback):
    """Draws `draw_samples` anew at the end of epochs, always with the same latents.

    Args:
        path: str or `Path` of the PNG.
        every_epochs: int. The last epoch is always drawn.
        **settings: further arguments of `draw_samples`.
    """

    def __init__(self, path, every_epochs=1, **settings):
        super().__init__()
        check_integer("every_epochs", every_epochs)
        self.path = Path(path)
        self.every_epochs = every_epochs
        self.settings = settings

    def on_epoch_end(self, epoch, logs=None):
        if _is_due(epoch, self.every_epochs, self.params):
            draw_samples(self.model, self.path, **self.settings)


class Evolution(keras.callbacks.Callback):
    """Shows how the same latents look at regular steps, a row a time, a column a class.

    `evolution.png` in the directory is drawn from frames that lie beside it in
    `evolution/`, one file a time, so that a run which was stopped goes on with its
    picture. When training starts, frames past the model's step are dropped.

    Args:
        directory: str or `Path`.
        every_epochs: int. The start and the last epoch are always shown.
        samples_per_class: int. Columns a class.
        seed: int. Fixes the latents.
        max_rows: int. With more frames an even choice of them is drawn, first and last
            among them; all stay on disk.
        class_names: texts above the columns. Defaults to the classes' numbers.
        scale: int. Pixels a pixel.

    Raises:
        ValueError: if an argument is out of range, or the frames on disk are of
            another model.
    """

    def __init__(
        self,
        directory,
        every_epochs=1,
        samples_per_class=1,
        seed=0,
        max_rows=12,
        class_names=None,
        scale=2,
    ):
        super().__init__()
        check_integer("every_epochs", every_epochs)
        check_integer("max_rows", max_rows, 2)
        self.picture = Path(directory) / "evolution.png"
        self.frames = Path(directory) / "evolution"
        self.every_epochs = every_epochs
        self.samples_per_class = samples_per_class
        self.seed = seed
        self.max_rows = max_rows
        self.class_names = class_names
        self.scale = scale

    def on_train_begin(self, logs=None):
        step = self.model.step_count
        for path in self._paths():
            if _step(path) > step:
                path.unlink()
        if step == 0:
            self._capture()

    def on_epoch_end(self, epoch, logs=None):
        if _is_due(epoch, self.every_epochs, self.params):
            self._capture()

    def _capture(self):
        gan, columns = self.model, self.samples_per_class
        rows = row_count(gan)
        latents = gan.sample_latents(rows * columns, seed=self.seed)
        images = generate_rows(gan, latents.reshape(rows, columns, -1))
        frame = to_bytes(images).reshape(rows * columns, *gan.image_shape)
        with atomic_write(self.frames / f"step-{gan.step_count:08d}.npy") as file:
            np.save(file, frame)
        self._draw(frame.shape)

    def _draw(self, shape):
        paths = self._paths()
        chosen = np.linspace(0, len(paths) - 1, min(len(paths), self.max_rows))
        paths = [paths[index] for index in chosen.round().astype(int)]
        frames = [np.load(path, allow_pickle=False) for path in paths]
        for path, frame in zip(paths, frames, strict=True):
            if frame.shape != shape:
                raise ValueError(
                    f"The frames must be of one model, {shape}. "
                    f"Received: {path} of shape {frame.shape}"
                )
        labels = np.repeat(
            row_labels(self.model, self.class_names), self.samples_per_class
        )
        image_grid(
            np.stack(frames),
            self.picture,
            self.scale,
            row_labels=[f"step {_step(path):,}" for path in paths],
            column_labels=labels,
        )

    def _paths(self):
        return sorted(self.frames.glob("step-*.npy"), key=_step)


def _step(path):
    return int(path.stem.removeprefix("step-"))


def _is_due(epoch, every_epochs, params):
    return (epoch + 1) % every_epochs == 0 or epoch + 1 == params.get("epochs")
