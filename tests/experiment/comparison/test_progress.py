import io

import pytest
from rich.console import Console

from keras_s3gan.experiment.comparison.progress import line, overview, remaining_seconds
from keras_s3gan.experiment.comparison.runs import RunState
from tests.experiment.comparison.stand_ins import FakeRun


def ended(directory, status, seconds=0.0, **settings):
    state = RunState(FakeRun(directory / "run", **settings))
    state.status, state.seconds = status, seconds
    return state


def test_a_line_says_how_a_run_ended(tmp_path):
    finished = ended(tmp_path, "finished", 3723.4)
    failed = ended(tmp_path, "failed", 5)
    failed.error = "exit code 2: no"
    states = [finished, failed, ended(tmp_path, "waiting")]
    assert line(finished, states, 1.234) == "2 of 3: run finished, 1:02:03, FID 1.23"
    assert line(failed, states) == "2 of 3: run failed, 0:00:05, exit code 2: no"


def test_the_overview_counts_by_method_and_labels(tmp_path):
    states = [
        ended(tmp_path, "finished", 60, recipe="a"),
        ended(tmp_path, "failed", 2, recipe="a"),
        ended(tmp_path, "waiting", recipe="a", fraction=0.01),
    ]
    console = Console(file=io.StringIO(), width=100)
    console.print(overview(states, jobs=1))
    lines = [text.split() for text in console.file.getvalue().splitlines()]
    cells = [[word for word in words if word != "│"] for words in lines]
    assert ["a", "10", "%", "1", "0", "0", "1", "0:01:02"] in cells
    assert ["a", "1", "%", "0", "0", "1", "0", "0:00:00"] in cells
    assert ["time", "left:", "about", "0:01:00"] in cells


def test_time_left(tmp_path):
    finished = ended(tmp_path, "finished", 100, recipe="a")
    waiting = [ended(tmp_path, "waiting", recipe=name) for name in "aab"]
    assert remaining_seconds(waiting, 1) is None
    assert remaining_seconds([finished, *waiting], 1) == pytest.approx(300)
    assert remaining_seconds([finished, *waiting], 2) == pytest.approx(150)
    assert remaining_seconds([finished, *waiting[:1]], 2) == pytest.approx(100)
    assert remaining_seconds([finished], 1) == 0
