import os
import signal
import sys

import pytest

from keras_s3gan.experiment.comparison import runs as comparison_runs
from keras_s3gan.experiment.comparison.runs import (
    RunState,
    recorded_backend,
    run_all,
)
from tests.experiment.comparison.stand_ins import FakeRun, called, pretend


@pytest.fixture(autouse=True)
def program(monkeypatch, tmp_path):
    pretend(monkeypatch, tmp_path)


def states_of(directory, count, **settings):
    return [
        RunState(FakeRun(directory / f"run{seed}", seed=seed, **settings))
        for seed in range(count)
    ]


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


def test_the_backend_of_earlier_runs(tmp_path):
    assert recorded_backend(tmp_path) is None
    (tmp_path / "runs" / "one").mkdir(parents=True)
    (tmp_path / "runs" / "one" / "run.json").write_text('{"backend": "jax"}')
    assert recorded_backend(tmp_path) == "jax"
