import keras
import numpy as np
import pytest

from keras_s3gan.callbacks import (
    ScoreCallback,
    ScoreHistory,
    TrainingCheckpoint,
    checkpoints,
    restore_latest,
)
from keras_s3gan.metrics import Evaluator, ModelExtractor, RealImages
from tests.callbacks.fake_gan import FakeGAN, values
from tests.callbacks.score_records import read, record

IMAGES = np.random.default_rng(0).uniform(-1, 1, (40, 6, 6, 1)).astype("float32")


@pytest.fixture(scope="module")
def evaluator():
    network = keras.Sequential([keras.Input((6, 6, 1)), keras.layers.Flatten()])
    network.add(
        keras.layers.Dense(4, kernel_initializer=keras.initializers.Orthogonal(seed=0))
    )
    return Evaluator(RealImages(IMAGES), ModelExtractor(network), ["fid"])


class Log(keras.callbacks.Callback):
    """What callbacks behind it see of each epoch."""

    def on_train_begin(self, logs=None):
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append(dict(logs))


def new_gan():
    """The same one each time."""
    keras.utils.set_random_seed(0)
    return FakeGAN()


def run(evaluator, path, epochs, initial_epoch=0, gan=None, **kwargs):
    """A run whose checkpoints are written behind its scores."""
    gan = gan or new_gan()
    log = Log()
    scores = ScoreCallback(
        evaluator, path / "scores.csv", path / "best", num_samples=20, **kwargs
    )
    saving = TrainingCheckpoint(path / "checkpoints")
    gan.run(epochs, [scores, log, saving], initial_epoch)
    return gan, log


def test_scores_of_every_second_epoch_and_of_the_last(evaluator, tmp_path):
    _, log = run(evaluator, tmp_path, 5, every_epochs=2)
    rows = read(tmp_path / "scores.csv")
    assert [row["step"] for row in rows] == ["6", "12", "15"]
    logged = [epoch.get("fid20_train") for epoch in log.epochs]
    assert logged[0] is logged[2] is None
    assert [str(logged[i]) for i in (1, 3, 4)] == [row["fid20_train"] for row in rows]


def test_the_best_checkpoint_stays_and_can_be_restored(evaluator, tmp_path):
    run(evaluator, tmp_path, 6)
    rows = read(tmp_path / "scores.csv")
    fids = [float(row["fid20_train"]) for row in rows]
    best = rows[int(np.argmin(fids))]
    assert best["best"] == "fid20_train"
    (path,) = checkpoints(tmp_path / "best")
    assert path.name == f"step-{int(best['step']):08d}.npz"
    gan = FakeGAN()
    restore_latest(gan, tmp_path / "best")
    assert int(gan.steps) == int(best["step"])
    again = evaluator.evaluate(gan, 20).records["fid"]
    assert again.value == pytest.approx(min(fids), rel=1e-6)


def test_a_better_checkpoint_that_another_process_scored_drops_no_file(
    evaluator, tmp_path
):
    class Elsewhere(keras.callbacks.Callback):
        """As `evaluate --watch` beside the run, of a checkpoint that is gone since."""

        def on_epoch_begin(self, epoch, logs=None):
            path = tmp_path / "scores.csv"
            if not path.is_file():
                return
            row = read(path)[0]
            protocol = {"extractor": row["extractor"], "n_generated": 20}
            ScoreHistory(path).add(1, [record(value=0.0, **protocol)])

    scores = ScoreCallback(
        evaluator, tmp_path / "scores.csv", tmp_path / "best", num_samples=20
    )
    FakeGAN().run(4, [Elsewhere(), scores])
    rows = read(tmp_path / "scores.csv")
    assert rows[0]["best"] == "fid20_train" and rows[0]["step"] == "1"
    own = min(rows[1:], key=lambda row: float(row["fid20_train"]))
    (path,) = checkpoints(tmp_path / "best")
    assert path.name == f"step-{int(own['step']):08d}.npz"


def test_training_goes_on_as_if_nothing_had_been_measured(evaluator, tmp_path):
    measured, _ = run(evaluator, tmp_path, 3)
    plain = new_gan()
    plain.run(3)
    assert values(measured) == values(plain)


def test_a_stopped_run_leaves_the_same_rows(evaluator, tmp_path):
    run(evaluator, tmp_path / "whole", 5)
    stopped = tmp_path / "stopped"
    run(evaluator, stopped, 4)
    # As if it had been killed before the checkpoint of the last epoch was written.
    checkpoints(stopped / "checkpoints")[-1].unlink()
    gan = FakeGAN()
    epoch = restore_latest(gan, stopped / "checkpoints").epoch
    assert epoch == 3
    run(evaluator, stopped, 5, epoch, gan)
    expected = (tmp_path / "whole" / "scores.csv").read_text()
    assert (stopped / "scores.csv").read_text() == expected
    names = [
        [path.name for path in checkpoints(folder / "best")]
        for folder in (tmp_path / "whole", stopped)
    ]
    assert names[0] == names[1]


def test_the_best_is_not_dropped_before_the_checkpoint_is_written(evaluator, tmp_path):
    """Killed between the two, a run goes back to the best that it had."""
    found = []

    class Killed(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            found.append({path.name for path in checkpoints(tmp_path / "best")})

    scores = ScoreCallback(
        evaluator, tmp_path / "scores.csv", tmp_path / "best", num_samples=20
    )
    FakeGAN().run(6, [scores, Killed()])
    for before, now in zip(found, found[1:], strict=False):
        # The newest of those before was the best until now.
        assert max(before) in now


def test_moments_are_of_generated_images(evaluator, tmp_path):
    gan = FakeGAN()
    seen = []
    generate = gan.generate
    gan.generate = lambda *args, **kwargs: (
        seen.append(gan.standing) or generate(*args, **kwargs)
    )
    run(evaluator, tmp_path, 1, gan=gan, standing_batches=3, batch_size=8, seed=5)
    assert seen == [(3, 8, 5)]


def test_nothing_is_scored_in_an_epoch_that_diverged(evaluator, tmp_path):
    gan = FakeGAN()
    scores = ScoreCallback(evaluator, tmp_path / "scores.csv", num_samples=20)
    gan.run(1, [scores], bad=(0,))
    assert not (tmp_path / "scores.csv").is_file()


@pytest.mark.parametrize("name", ["every_epochs", "num_samples", "standing_batches"])
def test_wrong_numbers_are_named(evaluator, tmp_path, name):
    with pytest.raises(ValueError, match=f"`{name}`.*Received: {name}=0"):
        ScoreCallback(evaluator, tmp_path / "scores.csv", **{name: 0})
