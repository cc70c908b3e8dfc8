import csv

import pytest

from keras_s3gan.callbacks import HistoryFile, TrainingCheckpoint, restore_latest
from keras_s3gan.callbacks.history import read_history
from tests.callbacks.fake_gan import FakeGAN


def column(path, name):
    return [row[name] for row in read_history(path)]


def test_one_row_an_epoch(tmp_path):
    path = tmp_path / "history.csv"
    history = FakeGAN().run(2, [HistoryFile(path)]).history
    with open(path) as file:
        assert next(csv.reader(file)) == ["epoch", "step", "seconds", "loss"]
    assert column(path, "epoch") == ["1", "2"]
    assert column(path, "step") == ["3", "6"]
    assert [float(loss) for loss in column(path, "loss")] == history["loss"]
    assert all(float(seconds) > 0 for seconds in column(path, "seconds"))


def test_rows_past_the_restored_step_are_dropped(tmp_path):
    path = tmp_path / "history.csv"
    gan = FakeGAN()
    checkpoint = TrainingCheckpoint(tmp_path, every_epochs=3)
    gan.run(3, [checkpoint, HistoryFile(path)])
    losses = column(path, "loss")
    gan.run(5, [HistoryFile(path)], initial_epoch=3)
    assert column(path, "epoch") == ["1", "2", "3", "4", "5"]

    restored = restore_latest(gan, tmp_path)
    gan.run(4, [HistoryFile(path)], initial_epoch=restored.epoch)
    assert column(path, "epoch") == ["1", "2", "3", "4"]
    assert column(path, "loss")[:3] == losses


def test_values_that_come_later_get_a_column(tmp_path):
    path = tmp_path / "history.csv"
    callback = HistoryFile(path)
    callback.set_model(FakeGAN())
    callback.on_train_begin()
    for epoch, logs in enumerate([{"loss": 1.0}, {"loss": 0.5, "fid": 3.0}]):
        callback.on_epoch_begin(epoch)
        callback.on_epoch_end(epoch, logs)
    assert column(path, "fid") == ["", "3.0"]


def test_other_file(tmp_path):
    path = tmp_path / "history.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(ValueError, match="column `step`.*history.csv"):
        FakeGAN().run(1, [HistoryFile(path)])
