import math

import keras


class TrainingDiverged(RuntimeError):
    """A loss, or the model's state, is no longer a finite number."""


def non_finite(logs):
    """The names in a dict of floats whose value is NaN or infinite, sorted."""
    return sorted(
        name
        for name, value in (logs or {}).items()
        if isinstance(value, float) and not math.isfinite(value)
    )


class StopOnNonFinite(keras.callbacks.Callback):
    """Stops training as soon as any logged value is NaN or infinite.

    Every batch is checked, whatever the values are called. Keras hands the values over
    in its background thread where the framework allows it, together with the progress
    bar, so that the device is not waited for.

    Raises:
        TrainingDiverged: naming the values and the step. Checkpoints that were written
            before stay.
    """

    # Asks nothing of the model after a batch: Keras may then call it in its thread.
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
                "The last checkpoint is from before; a lower learning rate may help."
            )
