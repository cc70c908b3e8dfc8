"""The runs of a comparison, each in its own process."""

import collections
import contextlib
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import FrameType
from typing import TYPE_CHECKING, NoReturn

from keras_s3gan.experiment.runs.folder import RunFolder

if TYPE_CHECKING:
    # It imports Keras, and the backend of earlier runs is read before that.
    from keras_s3gan.experiment.comparison.grid import PlannedRun

PROGRAM = (sys.executable, "-m", "keras_s3gan.cli")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)
_POLL_SECONDS = 0.1
_LOG_TAIL_BYTES = 4096


def recorded_backend(run_dir: str | pathlib.Path) -> str | None:
    """The backend of the runs of an earlier comparison, or `None`."""
    records = sorted(pathlib.Path(run_dir).glob("runs/*/run.json"))
    return (
        RunFolder(records[0].parent).read_record().get("backend") if records else None
    )


@dataclasses.dataclass(eq=False)
class RunState:
    """The state of one run.

    Args:
        run: the `PlannedRun`.
        status: `"waiting"`, `"running"`, `"finished"` or `"failed"`.
        seconds: float. Its duration; for a run that was finished before, the duration
            it recorded.
        error: string. Why it failed.
    """

    run: "PlannedRun"
    status: str = "waiting"
    seconds: float = 0.0
    error: str = ""
    _started: float = 0.0

    def __post_init__(self) -> None:
        if self.run.is_finished():
            self.status = "finished"
            record = RunFolder(self.run.path).read_record()
            self.seconds = record.get("training_seconds") or 0.0

    @property
    def elapsed(self) -> float:
        """Seconds since the start of the run, until its end if it has ended."""
        running = self.status == "running"
        return time.monotonic() - self._started if running else self.seconds

    def start(self, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
        """Starts the run's process and returns it."""
        self.run.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.run.log, "wb") as log:
            process = subprocess.Popen(
                [*PROGRAM, *self.run.arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=environment,
            )
        self.status, self._started = "running", time.monotonic()
        return process

    def end(self, exit_code: int) -> None:
        """Records how the run's process ended."""
        self.seconds = self.elapsed
        self.status = "finished" if exit_code == 0 else "failed"
        if exit_code != 0:
            said = _last_line(self.run.log) or "no output"
            self.error = f"exit code {exit_code}: {said}"


def run_all(
    states: Sequence[RunState], jobs: int, report: Callable[[RunState], None]
) -> None:
    """Trains the waiting runs, each in its own process.

    Args:
        states: list of `RunState`, changed in place.
        jobs: integer. Number of processes at the same time; they share the cores.
        report: callable that takes each state that has ended, first those that were
            finished before.

    Raises:
        ValueError: if `jobs` is below 1.
    """
    if jobs < 1:
        raise ValueError(f"`jobs` must be at least 1. Received: jobs={jobs}")
    for state in states:
        if state.status == "finished":
            report(state)
    waiting = collections.deque(s for s in states if s.status == "waiting")
    environment = _environment(min(jobs, len(waiting)))
    running: dict[subprocess.Popen[bytes], RunState] = {}
    with _ended_by_sigterm():
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    state = waiting.popleft()
                    running[state.start(environment)] = state
                time.sleep(_POLL_SECONDS)
                for process in [p for p in running if p.poll() is not None]:
                    state = running.pop(process)
                    state.end(process.returncode)
                    report(state)
        finally:
            for process in running:
                process.terminate()
            for process in running:
                process.wait()


@contextlib.contextmanager
def _ended_by_sigterm() -> Iterator[None]:
    """Makes SIGTERM stop the runs of a grid, too."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> NoReturn:
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _environment(jobs: int) -> dict[str, str]:
    # Unbuffered, so that a log can be followed.
    environment = {"PYTHONUNBUFFERED": "1"}
    if jobs > 1:
        threads = str(max(1, (os.cpu_count() or 1) // jobs))
        environment |= dict.fromkeys(THREAD_VARIABLES, threads)
    return environment | os.environ


def _last_line(path: pathlib.Path) -> str:
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _LOG_TAIL_BYTES))
        lines = file.read().decode("utf-8", errors="replace").split("\n")
    return next((text.strip() for text in reversed(lines) if text.strip()), "")
