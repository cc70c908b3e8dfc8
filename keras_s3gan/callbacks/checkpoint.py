"""Checkpoints of a training run, written and restored."""

import re
import warnings
from pathlib import Path
from typing import Any, NamedTuple

import keras
import numpy as np

from keras_s3gan.callbacks.guards import TrainingDiverged, non_finite
from keras_s3gan.files import CorruptFileError, load_arrays, save_arrays
from keras_s3gan.validation import check_integer


class Restored(NamedTuple):
    """The result of `restore`.

    Attributes:
        path: `Path` of the checkpoint.
        step: int. Number of finished generator updates.
        epoch: int. Number of finished epochs.
        metadata: dict that was stored with the checkpoint.
    """

    path: Path
    step: int
    epoch: int
    metadata: dict[str, Any]


class TrainingCheckpoint(keras.callbacks.Callback):
    """Saves the complete training state at the end of epochs.

    A checkpoint `step-XXXXXXXX.npz` has every variable of `gan.state_variables`. It is
    written atomically. Nothing is saved after an epoch with a NaN or infinite value.

    Args:
        directory: str or `Path`.
        every_epochs: int. Epochs between checkpoints. The last epoch is always saved.
        keep: int. Number of newest checkpoints to keep. `None`: all.
        metadata: dict that JSON can hold, stored in each checkpoint.

    Raises:
        ValueError: if an argument is out of range, or the directory has checkpoints of
            later steps than the model's, that is, of another run.
        TrainingDiverged: if a variable is NaN or infinite; nothing is saved.

    Example:
        >>> restored = restore_latest(gan, "run/checkpoints")
        >>> gan.fit(
        ...     images,
        ...     labels,
        ...     epochs=20,
        ...     initial_epoch=restored.epoch if restored else 0,
        ...     callbacks=[TrainingCheckpoint("run/checkpoints")],
        ... )
    """

    def __init__(self, directory, every_epochs=1, keep=2, metadata=None):
        super().__init__()
        for name, value in (
            ("every_epochs", every_epochs),
            ("keep", 1 if keep is None else keep),
        ):
            check_integer(name, value)
        self.directory = Path(directory)
        self.every_epochs = every_epochs
        self.keep = keep
        self.metadata = metadata or {}

    def on_train_begin(self, logs=None):
        step = self.model.step_count
        later = [
            path for path in checkpoints(self.directory) if checkpoint_step(path) > step
        ]
        if later:
            raise ValueError(
                "The directory has checkpoints of later steps than the model's: "
                "restore the latest, or use another directory. "
                f"Received: directory={self.directory} with {later[-1].name}, "
                f"model at step {step}"
            )
        for leftover in self.directory.glob(".step-*.npz.*.tmp"):
            leftover.unlink()

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        last = done == self.params.get("epochs")
        if not last and done % self.every_epochs:
            return
        bad = non_finite(logs)
        if bad:
            warnings.warn(
                f"No checkpoint after epoch {done}: {', '.join(bad)} not finite.",
                stacklevel=2,
            )
            return
        save_checkpoint(self.model, self.directory, done, self.metadata)
        if self.keep is not None:
            for path in checkpoints(self.directory)[: -self.keep]:
                path.unlink()


def save_checkpoint(gan, directory, epoch, metadata=None):
    """Writes one checkpoint.

    Args:
        gan: the compiled model.
        directory: str or `Path`.
        epoch: int. Number of finished epochs.
        metadata: dict that JSON can hold.

    Returns:
        The `Path` of the checkpoint.

    Raises:
        TrainingDiverged: if a variable is NaN or infinite.

    Example:
        >>> save_checkpoint(gan, "run/best", epoch=0).name
        'step-00000000.npz'
    """
    arrays = {}
    for name, variable in _state(gan).items():
        array = np.asarray(keras.ops.convert_to_numpy(variable))
        # Kind V is bfloat16 and similar dtypes.
        if array.dtype.kind in "fV" and not np.isfinite(array).all():
            raise TrainingDiverged(
                f"Not saved: the variable {name} is NaN or infinite at step "
                f"{gan.step_count}."
            )
        arrays[name] = array
    step = gan.step_count
    path = Path(directory) / f"step-{step:08d}.npz"
    save_arrays(
        path,
        arrays,
        {
            "step": step,
            "epoch": epoch,
            "backend": keras.backend.backend(),
            "metadata": metadata or {},
        },
    )
    return path


def checkpoints(directory):
    """Finds the checkpoints in a directory.

    Args:
        directory: str or `Path`.

    Returns:
        A list of `Path`, oldest first.

    Example:
        >>> [path.name for path in checkpoints("run/checkpoints")]
        ['step-00000000.npz']
    """
    return sorted(Path(directory).glob("step-*.npz"), key=checkpoint_step)


def latest_checkpoint(directory):
    """Finds the newest checkpoint in a directory, without reading it.

    Args:
        directory: str or `Path`.

    Returns:
        A `Path`, or `None` if the directory has no checkpoint.

    Example:
        >>> latest_checkpoint("run/checkpoints").name
        'step-00000000.npz'
    """
    return next(reversed(checkpoints(directory)), None)


def restore(gan, path):
    """Restores a model with its optimizers and random states from a checkpoint.

    Everything is verified before the first variable is assigned. The checkpoint may
    come from another backend; the dtype of integers is then converted.

    Args:
        gan: the compiled model.
        path: str or `Path` of a checkpoint.

    Returns:
        `Restored(path, step, epoch, metadata)`.

    Raises:
        ValueError: if the file is damaged (`CorruptFileError`), or is of another model.

    Example:
        >>> restore(gan, latest_checkpoint("run/checkpoints")).step
        0
    """
    arrays, description, _ = load_arrays(path)
    variables = _state(gan)
    differences = [f"{name} is missing" for name in variables.keys() - arrays.keys()]
    differences += [f"{name} is unknown" for name in arrays.keys() - variables.keys()]
    for name in variables.keys() & arrays.keys():
        array, variable = arrays[name], variables[name]
        wanted = keras.backend.standardize_dtype(variable.dtype)
        if array.shape != tuple(variable.shape):
            differences.append(f"{name}: {array.shape} not {tuple(variable.shape)}")
        elif array.dtype.name != wanted and not _both_integer(array.dtype.name, wanted):
            differences.append(f"{name}: {array.dtype.name} not {wanted}")
    if differences:
        raise ValueError(
            "The checkpoint is of another model or configuration: "
            f"{len(differences)} variables differ, "
            f"{'; '.join(sorted(differences)[:3])}. Received: path={path}"
        )
    for name, variable in variables.items():
        array = arrays[name]
        wanted = keras.backend.standardize_dtype(variable.dtype)
        variable.assign(array.astype(wanted) if "int" in wanted else array)
    return Restored(
        Path(path),
        description["step"],
        description["epoch"],
        description["metadata"],
    )


def restore_latest(gan, directory):
    """Restores the newest undamaged checkpoint of a directory.

    A damaged checkpoint causes a warning and is renamed to `….damaged`; then the
    previous one is tried.

    Args:
        gan: the compiled model.
        directory: str or `Path`.

    Returns:
        As `restore`; `None` if the directory has no checkpoint.

    Raises:
        ValueError: if all checkpoints are damaged, or the newest undamaged one is of
            another model.

    Example:
        >>> restore_latest(gan, "run/checkpoints").epoch
        0
        >>> restore_latest(gan, "new/checkpoints") is None
        True
    """
    found = checkpoints(directory)
    for path in reversed(found):
        try:
            return restore(gan, path)
        except CorruptFileError as error:
            warnings.warn(f"{error}. The checkpoint before it is taken.", stacklevel=2)
            path.rename(path.with_name(f"{path.name}.damaged"))
    if found:
        raise ValueError(
            f"All {len(found)} checkpoints were damaged. "
            f"Received: directory={directory}"
        )
    return None


def _state(gan):
    """Returns the variables by names that do not depend on the process.

    Keras adds a number to default names (`adam_1`, `seed_generator_7`), which depends
    on what was built before; it is removed.
    """
    named = gan.state_variables
    state = {re.sub(r"_\d+(?=[/_]|$)", "", name): variable for name, variable in named}
    if len(state) != len(named):
        raise ValueError(
            "Names in `state_variables` must be unique without Keras' numbers. "
            f"Received: {len(named)} variables, {len(state)} names"
        )
    return state


def checkpoint_step(path):
    """Reads the step of a checkpoint or snapshot from its file name.

    Args:
        path: `Path` of the file.

    Returns:
        int. Number of finished generator updates.

    Example:
        >>> checkpoint_step(pathlib.Path("run/checkpoints/step-00002000.npz"))
        2000
    """
    return int(path.stem.rpartition("-")[2])


def _both_integer(*names):
    return all(name.startswith(("int", "uint")) for name in names)
