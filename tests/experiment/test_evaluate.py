import json
import shutil

import pytest

from keras_s3gan.experiment.evaluate import evaluate, score_rows
from keras_s3gan.experiment.run_folder import RunFolder


@pytest.fixture
def copy(finished, tmp_path):
    return RunFolder(shutil.copytree(finished.path, tmp_path / "run"))


def test_same_scores_as_training_left(copy, finished):
    copy.scores.unlink()
    evaluate(copy.path)
    assert json.loads(copy.scores.read_text()) == json.loads(
        finished.scores.read_text()
    )


def test_samples_and_seed_are_taken_and_noted(copy):
    evaluate(copy.path, samples=30, seed=3)
    scores = json.loads(copy.scores.read_text())
    for score in ("fid", "class_accuracy"):
        assert (scores[score]["n_generated"], scores[score]["seed"]) == (30, 3)


def test_rows_hold_the_values(finished):
    rows = {name: value for name, value, _ in score_rows(finished)}
    scores = json.loads(finished.scores.read_text())
    assert rows["fid"] == f"{scores['fid']['value']:.2f}"
    assert rows["class_accuracy"] == f"{scores['class_accuracy']['value']:.4f}"


def test_no_rows_without_scores(tmp_path):
    assert score_rows(RunFolder(tmp_path)) == []
