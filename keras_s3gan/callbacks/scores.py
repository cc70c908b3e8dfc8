"""Evaluation during training."""

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
    """Evaluates the averaged generator between epochs and keeps the best checkpoint.

    Each evaluation adds a row to a csv file, see `ScoreHistory`, and the scores to the
    logs of the epoch. It always uses the same latents and computes standing statistics
    for batch normalization. Training is not affected. Put this callback before
    `TrainingCheckpoint`, so that a restored run leaves the same rows as an
    uninterrupted one.

    Args:
        evaluator: a `keras_s3gan.metrics.Evaluator`. Its first score determines the
            best checkpoint.
        path: str or `Path` of the csv file.
        best: directory of the best checkpoint, see `restore_latest`. `None`: it is not
            kept.
        every_epochs: int. Epochs between evaluations. The last epoch is always
            evaluated.
        num_samples: int. Number of generated images for scores without a number in
            their name.
        seed: int. Seed of the latents.
        standing_batches: int. Number of batches for the standing statistics.
        batch_size: int. Number of images per call of the generator.

    Raises:
        ValueError: if a number is below 1.

    Example:
        >>> evaluator = Evaluator(RealImages(images, labels), extractor, ["fid"])
        >>> score = ScoreCallback(evaluator, "run/scores.csv", best="run/best")
        >>> gan.fit(images, labels, callbacks=[score])
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
        # The last epoch's checkpoint is now written, so that a restored run no longer
        # needs the previous best checkpoint.
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
        # The evaluation's batches are not shared between processes.
        with backend.unsharded(), moments:
            records = self.evaluator.evaluate(
                gan, self.num_samples, self.seed, batch_size=self.batch_size
            ).records
        row = self.history.add(gan.step_count, records.values())
        if logs is not None:
            logs.update({r.full_name: r.value for r in records.values()})
        if self.best is None:
            return
        first = next(iter(records.values())).full_name
        # The file may have rows of checkpoints that this run has deleted.
        kept = {checkpoint_step(path) for path in checkpoints(self.best)}
        self._best = self.history.best(first, row, kept | {gan.step_count}) or row
        if self._best is row:
            save_checkpoint(gan, self.best, done)

    def _keep_one(self):
        """Deletes checkpoints that are no longer the best."""
        if self._best is None:
            return
        for path in checkpoints(self.best):
            if checkpoint_step(path) != int(self._best["step"]):
                path.unlink()
