import csv

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
from keras_s3gan.metrics import Evaluator, ModelExtractor, RealImages, ScoreRecord
from tests.callbacks.fake_gan import FakeGAN, values

IMAGES = np.random.default_rng(0).uniform(-1, 1, (40, 6, 6, 1)).astype("float32")


def record(name="fid", value=1.0, **changes):
    fields = {
        "n_real": 40,
        "n_generated": 1000,
        "split": "train",
        "extractor": "network",
        "extractor_sha256": "0",
        "resize": "none",
        "preprocessing": "",
        "dtype": "float32",
        "seed": 0,
        "averaged_weights": True,
        "standing_statistics": True,
        "truncation": None,
    }
    return ScoreRecord(name=name, value=value, **fields | changes)


@pytest.fixture
def history(tmp_path):
    return ScoreHistory(tmp_path / "scores.csv")


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def test_a_row_a_step_and_the_best_of_each_score(history):
    for step, fid, precision in ((200, 3.0, 0.1), (100, 5.0, 0.7), (300, 4.0, 0.7)):
        scores = [record(value=fid), record("precision", precision)]
        history.add(step, scores)
    rows = read(history.path)
    assert [row["step"] for row in rows] == ["100", "200", "300"]
    assert [row["fid1k_train"] for row in rows] == ["5.0", "3.0", "4.0"]
    marks = [row["best"] for row in rows]
    assert marks == ["precision1k_train", "fid1k_train", ""]
    assert ScoreHistory(history.path).rows == rows


def test_one_checkpoint_is_not_the_best_of_one(history):
    history.add(100, [record()])
    assert read(history.path)[0]["best"] == ""


def test_scores_of_another_protocol_are_not_compared(history):
    history.add(100, [record(value=5.0)])
    history.add(200, [record(value=6.0)])
    history.add(300, [record(value=1.0, extractor="another")])
    history.add(400, [record(value=2.0, truncation=0.5)])
    history.add(400, [record(value=7.0, repeats=3, spread=0.25)])
    rows = read(history.path)
    assert [row["best"] for row in rows] == ["fid1k_train", "", "", "", ""]
    assert [row["fid1k_train_spread"] for row in rows] == ["", "", "", "", "0.25"]


def test_a_checkpoint_measured_again_keeps_what_it_had(history):
    history.add(100, [record(value=5.0), record("kid", 0.1)])
    history.add(100, [record(value=4.0)])
    (row,) = read(history.path)
    assert (row["fid1k_train"], row["kid1k_train"]) == ("4.0", "0.1")
    protocol = {"seed": 0, "repeats": 1, "truncation": None, "extractor": "network"}
    assert history.known(100, protocol, ["fid1k_train", "kid1k_train"])
    assert not history.known(100, protocol, ["fid5k_train"])
    assert not history.known(100, protocol | {"seed": 1}, ["fid1k_train"])
    assert not history.known(200, protocol, ["fid1k_train"])


def test_neither_more_nor_less_dimensions_are_better(history):
    for step in (1, 2):
        history.add(step, [record("fractal_dimension", step, split=None, n_real=None)])
    assert {row["best"] for row in read(history.path)} == {""}


def test_what_another_process_adds_is_kept(history):
    history.add(100, [record(value=5.0)])
    ScoreHistory(history.path).add(200, [record(value=4.0)])
    history.add(300, [record(value=6.0)])
    assert [row["step"] for row in read(history.path)] == ["100", "200", "300"]


def test_another_file_is_refused(tmp_path):
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="columns step.*other.csv"):
        ScoreHistory(tmp_path / "other.csv")


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
