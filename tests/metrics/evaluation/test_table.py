import pytest

from keras_s3gan.metrics import SCORES, ScoreName
from keras_s3gan.metrics.evaluation.outputs import COLLECTORS


@pytest.mark.parametrize("name", SCORES)
def test_every_entry_is_complete(name):
    score = SCORES[name]
    assert callable(score.compute)
    assert score.description and "\n" not in score.description
    assert score.better in ("lower", "higher", None)
    assert {*score.real, *score.generated} <= COLLECTORS.keys()


@pytest.mark.parametrize("name", SCORES)
def test_every_name_can_take_a_number_and_a_split(name):
    full = str(ScoreName(name, 5000, "train"))
    assert ScoreName.parse(full) == ScoreName(name, 5000, "train")
