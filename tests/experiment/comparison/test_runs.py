import io
import os
import signal
import sys

import pytest
from rich.console import Console

from keras_s3gan.experiment.comparison import runs as comparison_runs
from keras_s3gan.experiment.comparison.runs import (
    RunState,
    line,
    overview,
    recorded_backend,
    remaining_seconds,
    run_all,
)
from tests.experiment.comparison.grid import FakeRun, called, pretend


@pytest.fixture(autouse=True)
def program(monkeypatch, tmp_path):
    pretend(monkeypatch, tmp_path)


def states_of(directory, count, **settings):
    return [
        RunState(FakeRun(directory / f"run{seed}", seed=seed, **settings))
        for seed in range(count)
    ]


def ended(directory, status, seconds=0.0, **settings):
    state = RunState(FakeRun(directory / "run", **settings))
    state.status, state.seconds = status, seconds
    return state


@pytest.mark.parametrize("jobs", [1, 2])
def test_every_run_is_run(tmp_path, jobs):
    states, reported = states_of(tmp_path, 3), []
    run_all(states, jobs, reported.append)
    assert {name for name, _ in called(tmp_path)} == {"run0", "run1", "run2"}
    assert [state.status for state in states] == ["finished"] * 3
    assert set(reported) == set(states)
    assert all(state.seconds > 0 for state in states)


def test_jobs_share_the_cores(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    for name in comparison_runs.THREAD_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    run_all(states_of(tmp_path, 2), 2, print)
    assert {threads for _, threads in called(tmp_path)} == {"4"}


def test_what_the_user_set_stays(tmp_path, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    run_all(states_of(tmp_path, 2), 2, print)
    assert {threads for _, threads in called(tmp_path)} == {"3"}


def test_a_failed_run_does_not_stop_the_others(tmp_path):
    (tmp_path / "run0.broken").touch()
    states = states_of(tmp_path, 2)
    run_all(states, 1, print)
    assert [state.status for state in states] == ["failed", "finished"]
    assert states[0].error == "exit code 1: keras-s3gan: the [loss] is no number"
    assert "something to read first" in (tmp_path / "run0.log").read_text()


def test_a_run_without_a_word_failed_too(tmp_path, monkeypatch):
    silent = (sys.executable, "-c", "raise SystemExit(3)")
    monkeypatch.setattr(comparison_runs, "PROGRAM", silent)
    (state,) = states = states_of(tmp_path, 1)
    run_all(states, 1, print)
    assert state.error == "exit code 3: no output"


def test_finished_runs_are_not_started(tmp_path):
    states, reported = states_of(tmp_path, 2, finished=True), []
    run_all(states, 1, reported.append)
    assert called(tmp_path) == []
    assert reported == states


def interrupted(seconds):
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("stop", "error"),
    [
        (interrupted, KeyboardInterrupt),
        (lambda seconds: signal.raise_signal(signal.SIGTERM), SystemExit),
    ],
    ids=["interrupt", "SIGTERM"],
)
def test_what_stops_a_grid_ends_its_runs(tmp_path, monkeypatch, stop, error):
    handler = signal.getsignal(signal.SIGTERM)
    started = []
    start = RunState.start

    def noted(self, environment):
        started.append(start(self, environment))
        return started[-1]

    monkeypatch.setattr(RunState, "start", noted)
    endless = (sys.executable, "-c", "import time; time.sleep(600)")
    monkeypatch.setattr(comparison_runs, "PROGRAM", endless)
    monkeypatch.setattr(comparison_runs.time, "sleep", stop)
    with pytest.raises(error):
        run_all(states_of(tmp_path, 2), 2, print)
    assert [process.returncode is not None for process in started] == [True, True]
    assert signal.getsignal(signal.SIGTERM) == handler


def test_there_must_be_a_job(tmp_path):
    with pytest.raises(ValueError, match="Received: jobs=0"):
        run_all(states_of(tmp_path, 1), 0, print)


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


def test_the_backend_of_earlier_runs(tmp_path):
    assert recorded_backend(tmp_path) is None
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "run.json").write_text('{"backend": "jax"}')
    assert recorded_backend(tmp_path) == "jax"
