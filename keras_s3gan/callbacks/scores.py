from pathlib import Path

import keras

from keras_s3gan import backend
from keras_s3gan.callbacks.checkpoint import (
    checkpoint_step,
    checkpoints,
    save_checkpoint,
)
from keras_s3gan.callbacks.guards import non_finite
from keras_s3gan.callbacks.score_history import ScoreHistory
from keras_s3gan.validation import check_integer


class ScoreCallback(keras.callbacks.Callback):
    """Scores the averaged generator between epochs, and keeps the best checkpoint.

    A row a time is added to a csv file, see `ScoreHistory`; scores are added to the
    logs of the epoch. The images are always made from the same latents, with moments of
    their own for batch normalization; training goes on as if nothing had been
    measured. A run that was stopped and restored leaves the same rows as one which was
    not: put this callback before `TrainingCheckpoint`.

    Args:
        evaluator: a `keras_s3gan.metrics.Evaluator`. Its first score decides what is
            best.
        path: str or `Path` of the csv file.
        best: directory of the best checkpoint, which is there to be restored or drawn
            from, see `restore_latest`. `None`: it is not kept.
        every_epochs: int. The last epoch is always measured.
        num_samples: int. Generated images, where the scores' names do not say how many.
        seed: int. Fixes the latents.
        standing_batches: int. Batches that the moments are taken of.
        batch_size: int. Images that the generator makes at a time.

    Raises:
        ValueError: if a number is below 1.
    """

    def __init__(
        self,
        evaluator,
        path,
        best=None,
        every_epochs=1,
        num_samples=1000,
        seed=0,
        standing_batches=16,
        batch_size=64,
    ):
        super().__init__()
        for name, value in (
            ("every_epochs", every_epochs),
            ("num_samples", num_samples),
            ("standing_batches", standing_batches),
            ("batch_size", batch_size),
        ):
            check_integer(name, value)
        self.evaluator = evaluator
        self.path = Path(path)
        self.best = None if best is None else Path(best)
        self.every_epochs = every_epochs
        self.num_samples = num_samples
        self.seed = seed
        self.standing_batches = standing_batches
        self.batch_size = batch_size

    def on_train_begin(self, logs=None):
        self._best = None
        self.history = ScoreHistory(self.path)
        self.history.drop_after(self.model.step_count)

    def on_epoch_begin(self, epoch, logs=None):
        # Not before the epoch's checkpoint is written: until then one may have to go
        # back to the epoch before, and to what was best there.
        self._keep_one()

    def on_train_end(self, logs=None):
        self._keep_one()

    def on_epoch_end(self, epoch, logs=None):
        done = epoch + 1
        last = done == self.params.get("epochs")
        if non_finite(logs) or (not last and done % self.every_epochs):
            return
        gan = self.model
        moments = gan.standing_statistics(
            self.standing_batches, self.batch_size, self.seed
        )
        # What is measured has its own batches, which are nobody's part.
        with backend.undivided(), moments:
            records = self.evaluator.evaluate(
                gan, self.num_samples, self.seed, batch_size=self.batch_size
            ).records
        row = self.history.add(gan.step_count, records.values())
        if logs is not None:
            logs.update({r.full_name: r.value for r in records.values()})
        if self.best is None:
            return
        first = next(iter(records.values())).full_name
        # Others may add rows, of checkpoints that this run does not have any more.
        kept = {checkpoint_step(path) for path in checkpoints(self.best)}
        self._best = self.history.best(first, row, kept | {gan.step_count}) or row
        if self._best is row:
            save_checkpoint(gan, self.best, done)

    def _keep_one(self):
        """Drops what is no longer the best."""
        if self._best is None:
            return
        for path in checkpoints(self.best):
            if checkpoint_step(path) != int(self._best["step"]):
                path.unlink()
