from keras_s3gan.experiment.runs.folder import RunFolder
from keras_s3gan.experiment.runs.score_tables import score_rows
from keras_s3gan.experiment.runs.scores import read_scores


def test_rows_hold_the_values(finished):
    rows = {name: value for name, value, _ in score_rows(finished)}
    scores = read_scores(finished)
    assert rows["fid"] == f"{scores['fid']['value']:.2f}"
    assert rows["class_accuracy"] == f"{scores['class_accuracy']['value']:.4f}"


def test_no_rows_without_scores(tmp_path):
    assert score_rows(RunFolder(tmp_path)) == []
