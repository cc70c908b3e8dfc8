import json
import types

import numpy as np

from keras_s3gan.experiment.runs.build import load_run
from keras_s3gan.experiment.runs.evaluate import Protocol, evaluate
from keras_s3gan.experiment.runs.image_source import open_source
from keras_s3gan.experiment.runs.score_tables import score_rows
from keras_s3gan.experiment.runs.scores import read_scores, write_scores
from tests.once import once


@once("which scores are kept is up to Python")
def test_other_scores_are_added_to_those_there(copy, finished):
    _, rows = evaluate(copy.path, Protocol(scores=("kid", "duplicate_rate", "fid30")))
    scores = read_scores(copy)
    assert scores["fid"] == read_scores(finished)["fid"]
    assert {"kid", "duplicate_rate", "fid30", "class_accuracy"} <= scores.keys()
    assert [name for name, _, _ in rows] == [name for name, _, _ in score_rows(copy)]
    assert copy.nearest.is_file()


@once("which scores are kept is up to Python")
def test_scores_of_another_step_do_not_stay(copy):
    scores = read_scores(copy)
    scores["run"]["steps"] = 2
    copy.scores.write_text(json.dumps(scores))
    evaluate(copy.path, Protocol(scores=("kid",)))
    assert "fid" not in read_scores(copy) and "kid" in read_scores(copy)


@once("which scores are kept is up to Python")
def test_where_no_hidden_label_is_known_none_is_compared(copy, monkeypatch):
    _, settings, gan = load_run(copy.path)
    source = open_source(settings)
    given_ids = copy.read_record()["labelled_ids"]
    known = np.full(len(source), -1)
    known[given_ids] = source.labels()[given_ids]
    monkeypatch.setattr(source, "labels", lambda: known)
    evaluator = types.SimpleNamespace(extractor=None)
    assert "label_accuracy" in read_scores(copy)
    write_scores(copy, settings, gan, source, evaluator, {})
    assert "label_accuracy" not in read_scores(copy)
    assert {row[0] for row in score_rows(copy)} == {"fid", "class_accuracy"}
