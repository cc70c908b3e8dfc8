"""Averages of the generator's weights whose width is chosen after the training."""

import warnings
from pathlib import Path

import keras
import numpy as np

from keras_s3gan.callbacks.checkpoint import checkpoint_step
from keras_s3gan.callbacks.guards import non_finite
from keras_s3gan.files import load_arrays, save_arrays
from keras_s3gan.models.power_averages import check_width, mixture
from keras_s3gan.validation import check_integer


class AverageSnapshots(keras.callbacks.Callback):
    """Keeps the averages of `GAN(post_hoc_widths=…)` at the end of epochs.

    A snapshot `average-XXXXXXXX.npz` has the averages after so many steps. It is
    written atomically. They are part of the model's state, so that a training that goes
    on from a checkpoint writes the same snapshots.

    Args:
        directory: str or `Path`.
        every_epochs: int. Epochs between snapshots. The last epoch has always one.
            Defaults to `1`.

    Raises:
        ValueError: if `every_epochs` is less than 1, or the model has no such averages.

    Example:
        >>> gan = GAN(generator, discriminator, post_hoc_widths=(0.05, 0.1))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, callbacks=[AverageSnapshots("run/averages")])

    Reference:
        - Karras et al., 2024, https://arxiv.org/abs/2312.02696
    """

    def __init__(self, directory, every_epochs=1):
        super().__init__()
        check_integer("every_epochs", every_epochs)
        self.directory = Path(directory)
        self.every_epochs = every_epochs

    def on_train_begin(self, logs=None):
        if not self.model.post_hoc_widths:
            raise ValueError(
                "Snapshots are of the averages of a GAN with `post_hoc_widths`. "
                "Received: a model without"
            )
        for leftover in self.directory.glob(".average-*.npz.*.tmp"):
            leftover.unlink()

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        if done != self.params.get("epochs") and done % self.every_epochs:
            return
        bad = non_finite(logs)
        if bad:
            warnings.warn(
                f"No snapshot after epoch {done}: {', '.join(bad)} not finite.",
                stacklevel=2,
            )
            return
        step, widths = self.model.step_count, list(self.model.post_hoc_widths)
        arrays = {
            _name(number, index): keras.ops.convert_to_numpy(variable)
            for number, average in enumerate(self.model.power_averages)
            for index, variable in enumerate(average)
        }
        path = self.directory / f"average-{step:08d}.npz"
        save_arrays(path, arrays, {"step": step, "widths": widths})


def post_hoc_average(gan, directory, width):
    """Gives the averaged generator an average of any width, from snapshots.

    The average is a mixture of those that `AverageSnapshots` kept up to the model's
    step, the one that counts the weights of each step most nearly as it should.

    Args:
        gan: `GAN`, whose step is that of a snapshot or later.
        directory: str or `Path` of the snapshots.
        width: float in (0, 0.28]. Standard deviation of the average over the steps, as
            a part of the steps so far.

    Returns:
        int. The step of the newest snapshot, at which the average ends.

    Raises:
        ValueError: if the width is out of range, there is no snapshot up to the model's
            step, or one is damaged (`CorruptFileError`) or does not fit the others or
            the generator.

    Example:
        >>> gan = GAN(generator, discriminator, post_hoc_widths=(0.05, 0.1))
        >>> gan.compile("adam", "adam")
        >>> gan.fit(images, labels, callbacks=[AverageSnapshots("run/averages")])
        >>> post_hoc_average(gan, "run/averages", width=0.08) == gan.step_count
        True

    Reference:
        - Karras et al., 2024, https://arxiv.org/abs/2312.02696
    """
    check_width("width", width)
    found = {checkpoint_step(p): p for p in Path(directory).glob("average-*.npz")}
    steps = sorted(step for step in found if step <= gan.step_count)
    if not steps:
        raise ValueError(
            f"There must be a snapshot of `AverageSnapshots` up to step "
            f"{gan.step_count}. Received: directory={directory}"
        )
    means = [mean for mean, _ in gan.averaged_weights]
    totals = [np.zeros(mean.shape) for mean in means]
    widths = load_arrays(found[steps[-1]]).metadata["widths"]
    weights = mixture(
        np.repeat(steps, len(widths)), widths * len(steps), steps[-1], width
    )
    for step, share in zip(steps, weights.reshape(-1, len(widths)), strict=True):
        arrays, description, _ = load_arrays(found[step])
        kept = [arrays.get(_name(0, index)) for index, _ in enumerate(means)]
        if description["widths"] != widths or [np.shape(array) for array in kept] != [
            total.shape for total in totals
        ]:
            raise ValueError(
                "Snapshots must be of the same widths and of this generator. "
                f"Received: {found[step]}"
            )
        for number, weight in enumerate(share):
            for index, total in enumerate(totals):
                total += weight * arrays[_name(number, index)]
    for mean, total in zip(means, totals, strict=True):
        mean.assign(total.astype("float32"))
    return steps[-1]


def _name(number, index):
    """The name of an array: number of the average, and of the variable."""
    return f"{number}/{index:04d}"
