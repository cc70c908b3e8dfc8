import re
import warnings
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np

from keras_s3gan.callbacks.guards import TrainingDiverged, non_finite
from keras_s3gan.files import CorruptFileError, load_arrays, save_arrays
from keras_s3gan.validation import check_integer


class Restored(NamedTuple):
    """Where a restored training stands: `epoch` is the number of finished epochs."""

    path: Path
    step: int
    epoch: int
    metadata: dict


class TrainingCheckpoint(keras.callbacks.Callback):
    """Saves everything that the next step depends on, at the end of epochs.

    A checkpoint `step-XXXXXXXX.npz` holds every variable of `gan.state_variables`, is
    written under a temporary name, reaches the disk and is then renamed. Nothing is
    saved from an epoch with a NaN or infinite value.

    Args:
        directory: str or `Path`.
        every_epochs: int. The last epoch is always saved.
        keep: int. How many of the newest checkpoints stay. `None`: all.
        metadata: dict that JSON can hold, stored in each checkpoint.

    Raises:
        ValueError: if an argument is out of range, or the directory holds checkpoints
            of later steps than the model's: another run lives there.
        TrainingDiverged: if a variable is NaN or infinite; nothing is saved then.

    Example:
        >>> restored = restore_latest(gan, "run/checkpoints")
        >>> gan.fit(
        ...     dataset,
        ...     steps_per_epoch=100,
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
                "The directory holds checkpoints of later steps than the model's: "
                "restore the latest, or choose another directory. "
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
    """Write one checkpoint of `gan` after `epoch` finished epochs; returns its path.

    Raises:
        TrainingDiverged: if a variable is NaN or infinite.
    """
    arrays = {}
    for name, variable in _state(gan).items():
        array = np.asarray(keras.ops.convert_to_numpy(variable))
        # kind V: bfloat16 and the like.
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
    """The checkpoints in a directory, oldest first."""
    return sorted(Path(directory).glob("step-*.npz"), key=checkpoint_step)


def latest_checkpoint(directory):
    """Path of the newest checkpoint in a directory, or `None`. Not verified yet."""
    return next(reversed(checkpoints(directory)), None)


def restore(gan, path):
    """Put a model, with its optimizers and random states, back to a checkpoint.

    Everything is verified before anything is assigned. A checkpoint may come from
    another backend: integers are then brought to the dtype of the random states here.

    Args:
        gan: the compiled model.
        path: str or `Path` of a checkpoint.

    Returns:
        `Restored(path, step, epoch, metadata)`.

    Raises:
        ValueError: if the file is damaged (`CorruptFileError`), or was written by
            another model.
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
    """Restore the newest good checkpoint of a directory.

    A damaged one is reported by a warning, renamed to `….damaged`, and the one before
    it is taken.

    Returns:
        As `restore`; `None` if the directory holds no checkpoint.

    Raises:
        ValueError: if all are damaged, or the newest good one is of another model.
    """
    found = checkpoints(directory)
    for path in reversed(found):
        try:
            return restore(gan, path)
        except CorruptFileError as error:
            warnings.warn(f"{error}. The one before it is taken.", stacklevel=2)
            path.rename(path.with_name(f"{path.name}.damaged"))
    if found:
        raise ValueError(
            f"All {len(found)} checkpoints were damaged. "
            f"Received: directory={directory}"
        )
    return None


def _state(gan):
    """The variables by names that are the same for every model built alike.

    Keras numbers what has no name of its own by a count that runs on in a process
    (`adam_1`, `seed_generator_7`); those numbers are left out.
    """
    named = gan.state_variables
    state = {re.sub(r"_\d+(?=[/_]|$)", "", name): variable for name, variable in named}
    if len(state) != len(named):
        raise ValueError(
            "The names in `state_variables` must be unique without Keras' numbers. "
            f"Received: {len(named)} variables, {len(state)} names"
        )
    return state


def checkpoint_step(path):
    """The step at which a checkpoint was written, by its name."""
    return int(path.stem.removeprefix("step-"))


def _both_integer(*names):
    return all(name.startswith(("int", "uint")) for name in names)
