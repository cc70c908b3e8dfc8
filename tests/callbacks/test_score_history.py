"""The table of scores that training leaves."""

import pytest

from keras_s3gan.callbacks import ScoreHistory
from tests.callbacks.score_records import read, record


@pytest.fixture
def history(tmp_path):
    return ScoreHistory(tmp_path / "scores.csv")


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


def test_intervals_have_columns_of_their_own(history):
    history.add(100, [record(value=5.0, interval=[4.5, 5.5]), record("kid", 0.1)])
    history.add(200, [record(value=6.0)])
    rows = read(history.path)
    assert [row["fid1k_train_low"] for row in rows] == ["4.5", ""]
    assert rows[0]["fid1k_train_high"] == "5.5"
    assert history.score_names() == ["fid1k_train", "kid1k_train"]
    protocol = {"seed": 0, "repeats": 1, "truncation": None, "extractor": "network"}
    names = ["fid1k_train"]
    assert [history.known(step, protocol, names, names) for step in (100, 200)] == [
        True,
        False,
    ]


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
