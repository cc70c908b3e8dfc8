"""Pictures of random samples, and of their evolution during training."""

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
    """Draws random samples of the averaged generator to a PNG file, one row per class.

    With more than 20 classes, 20 evenly spaced classes are drawn.

    Args:
        gan: the model.
        path: str or `Path` of the PNG file.
        columns: int. Number of samples per class.
        seed: int. Seed of the latents.
        truncation: float or `None`, see `GAN.generate`.
        class_names: list of str, written beside the rows. Defaults to class numbers.
        scale: int. Each pixel becomes `scale x scale` pixels.

    Returns:
        A `PIL.Image.Image`.

    Example:
        >>> picture = draw_samples(gan, "samples.png", columns=8)
    """
    images = sample_rows(gan, columns, seed, truncation)
    return image_grid(images, path, scale, row_labels=row_labels(gan, class_names))


class SampleGrid(keras.callbacks.Callback):
    """Calls `draw_samples` at the end of epochs, always with the same latents.

    Args:
        path: str or `Path` of the PNG file.
        every_epochs: int. Epochs between pictures. The last epoch is always drawn.
        **settings: further arguments of `draw_samples`.

    Raises:
        ValueError: if `every_epochs` is below 1.

    Example:
        >>> gan.fit(images, labels, callbacks=[SampleGrid("run/samples.png")])
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
    """Draws how samples of the same latents change during training.

    The picture `evolution.png` has one row per moment of training and one or more
    columns per class. It is drawn from files in the folder `evolution/` beside it, one
    per moment, so that a restored run continues the picture. When training starts,
    files of steps after the model's are deleted.

    Args:
        directory: str or `Path`.
        every_epochs: int. Epochs between rows. The start and the last epoch are always
            shown.
        samples_per_class: int. Number of columns per class.
        seed: int. Seed of the latents.
        max_rows: int, at least 2. If there are more moments, evenly spaced ones are
            drawn, including the first and the last.
        class_names: list of str, written above the columns. Defaults to class numbers.
        scale: int. Each pixel becomes `scale x scale` pixels.

    Raises:
        ValueError: if an argument is out of range, or the files are of another model.

    Example:
        >>> gan.fit(images, labels, epochs=20, callbacks=[Evolution("run", 4)])
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
                    f"The frames must be of the same model and have shape {shape}. "
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
