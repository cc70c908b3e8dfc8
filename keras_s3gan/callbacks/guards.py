"""Detection of diverged training."""

import math

import keras


class TrainingDiverged(RuntimeError):
    """A loss or a variable of the model is NaN or infinite."""


def non_finite(logs):
    """Returns the sorted names of the values in a dict that are NaN or infinite."""
    return sorted(
        name
        for name, value in (logs or {}).items()
        if isinstance(value, float) and not math.isfinite(value)
    )


class StopOnNonFinite(keras.callbacks.Callback):
    """Stops training as soon as a logged value is NaN or infinite.

    All values are checked after every batch. Where the framework allows it, Keras calls
    this callback in a background thread, so that training does not wait for the device.

    Raises:
        TrainingDiverged: with the values and the step. Earlier checkpoints are kept.

    Example:
        >>> gan.fit(images, labels, callbacks=[StopOnNonFinite()])
    """

    # Keras may call it in a thread, as it does not use the model after a batch.
    async_safe = True

    def on_epoch_begin(self, epoch, logs=None):
        self._first_step = self.model.step_count

    def on_train_batch_end(self, batch, logs=None):
        self._check(logs, self._first_step + batch + 1)

    def on_epoch_end(self, epoch, logs=None):
        self._check(logs, self.model.step_count)

    @staticmethod
    def _check(logs, step):
        names = non_finite(logs)
        if names:
            values = ", ".join(f"{name}={logs[name]}" for name in names)
            raise TrainingDiverged(
                f"Training diverged at step {step}: {values}. "
                "The last checkpoint was written before; try a lower learning rate."
            )
