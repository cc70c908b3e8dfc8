import json

import pytest

from keras_s3gan.experiment.comparison.rows import (
    COLUMNS,
    Spread,
    check_comparable,
    groups,
    protocol,
    read_row,
    spread,
)
from keras_s3gan.experiment.comparison.runs import RunState
from tests.experiment.comparison.stand_ins import FakeRun, row


def finished_state(path, scores):
    path.mkdir()
    (path / "scores.json").write_text(json.dumps(scores))
    return RunState(FakeRun(path, finished=True))


def test_a_row_holds_what_the_scores_say(tmp_path):
    scores = {
        "fid": {
            "value": 3.5,
            "n_generated": 20,
            "n_real": 40,
            "extractor": "judge",
            "seed": 5,
            "repeats": 1,
            "truncation": 0.5,
        },
        "class_accuracy": {"value": 0.75},
        "label_accuracy": {"value": 0.875},
        "classifier": {"held_out_accuracy": 0.99},
        "run": {
            "source": "squares",
            "steps": 4,
            "training_seconds": 7.5,
            "pseudo_labelling_seconds": 2.5,
        },
    }
    found = read_row(finished_state(tmp_path / "run", scores))
    assert tuple(found) == COLUMNS
    assert found["fid"] == 3.5
    assert found["class_accuracy"] == 0.75
    assert found["label_accuracy"] == 0.875
    assert found["held_out_accuracy"] == 0.99
    assert found["pseudo_labelling_seconds"] == 2.5
    assert found["features"] == "judge"
    assert [found[n] for n in ("score_seed", "repeats", "truncation")] == [5, 1, 0.5]
    assert found["error"] is None


def test_what_a_run_does_not_have_is_none(tmp_path):
    fid = {"value": 3.5, "n_generated": 20, "n_real": 40, "features": "judge"}
    scores = {"fid": fid, "label_accuracy": None, "run": {"source": "squares"}}
    found = read_row(finished_state(tmp_path / "run", scores))
    for name in ("class_accuracy", "label_accuracy", "pseudo_labelling_seconds"):
        assert found[name] is None


def test_scores_of_a_run_that_is_not_this_one_are_not_read(tmp_path):
    state = finished_state(tmp_path / "run", {"fid": {"value": 3.5}})
    state.status, state.error = "failed", "another recipe"
    found = read_row(state)
    assert found["fid"] is None
    assert found["error"] == "another recipe"


@pytest.mark.parametrize(
    "name",
    [
        *("source", "features", "n_generated", "n_real"),
        *("score_seed", "repeats", "truncation"),
    ],
)
def test_other_quantities_are_refused(name):
    rows = [row(), row(seed=1, **{name: 7})]
    with pytest.raises(ValueError, match=f"Received: {name}=.*7 in s3gan-0.1-seed1"):
        check_comparable(rows)


def test_runs_without_scores_can_stand_beside_others():
    check_comparable([row(), row(seed=1, fid=None), row(seed=2)])


def test_groups_are_in_the_order_of_recipes_and_fractions():
    rows = [row("b", 0.1), row("b", 0.01), row("a", 1.0), row("b", 0.1, seed=1)]
    found = groups(rows)
    assert list(found) == [("b", 0.01), ("b", 0.1), ("a", 1.0)]
    assert [r["seed"] for r in found["b", 0.1]] == [0, 1]


def test_spread():
    assert spread([3.0, None, 1.0, 7.0]) == Spread(3.0, 1.0, 7.0, 3)
    assert spread([None]) is None


def test_protocol():
    assert protocol([row(fid=None), row()]) == (
        "5,000 generated against 4,000 real images of squares"
    )
    assert protocol([row(fid=None)]) == ""
