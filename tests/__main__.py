"""The whole suite: once per backend, then the checks that compare backends.

    python -m tests [--backends jax torch] [--jobs 2] [pytest arguments]

Each backend is a process of its own, or several with a part of the modules each, if
there are no pytest arguments. Its lines are shown as they come, with its name in front;
what follows the first heading of failures is held until the process ends, so that two
reports never mix. The summary line of each process is repeated at the end, and below it
what failed. A process that a test ends is started anew behind that test, which counts
as failed.
"""

import argparse
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import keras_s3gan_command  # noqa: F401  this process needs no Keras
from keras_s3gan.environment import compile_cache_settings

# Long parts first: short ones at the end even out what the others left uneven. More
# parts would cost more than they even out: each imports everything anew.
SHARDS = {"jax": 2, "tensorflow": 2, "torch": 3}
BACKENDS = ("jax", "tensorflow", "torch")
COMPARISON = "tests/cross_backend"
REPORT = re.compile(r"=+ (FAILURES|ERRORS|short test summary info|.* in [\d.]+s.*) =+")
FAILURE = re.compile(r"(FAILED|ERROR) \S*\.py")
THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "NPROC",
)
PRINTING = threading.Lock()


def main(arguments=None):
    parser = argparse.ArgumentParser(prog="python -m tests", description=__doc__)
    parser.add_argument("--backends", nargs="+", default=BACKENDS, choices=BACKENDS)
    parser.add_argument("--jobs", type=int, default=2, help="processes at a time")
    options, options.rest = parser.parse_known_args(arguments)
    command = [sys.executable, "-u", "-m", "pytest", *options.rest]

    start = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="tests-") as folder:
        outcomes = run_everything(command, options, folder)
    print(f"\nsummary, {time.perf_counter() - start:.0f} s:")
    for name, (code, line, _) in outcomes.items():
        print(f"{name:<14} {'passed' if code == 0 else 'FAILED'}  {line}")
    for name, (_, _, failures) in outcomes.items():
        _show(name, failures)
    return int(any(code for code, _, _ in outcomes.values()))


def run_everything(command, options, folder):
    """Every backend and the comparison; returns what `run_all` returns.

    Args:
        command: list. pytest and its arguments.
        options: of the command line.
        folder: for journals, and for what JAX compiles: tests build the same again and
            again.
    """
    shared = compile_cache_settings(f"{folder}/programs")
    # Starts a process for each backend itself, one after the other.
    commands = {"comparison": ([*command, COMPARISON], shared)}
    for backend in options.backends:
        count = 1 if options.rest else SHARDS[backend]
        for number in range(1, count + 1):
            part = f"{number}/{count}"
            commands[backend if count == 1 else f"{backend} {part}"] = (
                [*command, f"--ignore={COMPARISON}", f"--shard={part}"],
                {**shared, "KERAS_BACKEND": backend},
            )
    jobs = max(1, min(options.jobs, os.cpu_count() or 1, len(commands)))
    return run_all(
        commands, jobs, lambda *process: _run_through(*process, Path(folder))
    )


def run_all(commands, jobs, run=None):
    """Runs commands, `jobs` at a time, with the cores shared between them.

    Args:
        commands: dictionary from a name to `(arguments, environment)`.
        jobs: int. Processes at a time.
        run: callable that runs one, `_run` or `_run_through`.

    Returns:
        Dictionary from the name to `(exit code, last line, lines that name failures)`.
    """
    run = run or _run
    threads = str(max(1, (os.cpu_count() or 1) // jobs))
    shared = dict.fromkeys(THREAD_VARIABLES, threads) if jobs > 1 else {}
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        running = {
            name: pool.submit(run, name, arguments, shared | os.environ | environment)
            for name, (arguments, environment) in commands.items()
        }
        return {name: future.result() for name, future in running.items()}


def _run_through(name, arguments, environment, folder):
    """`_run` of pytest, again behind every test that ended its process."""
    journal = folder / name.replace("/", " of ")
    ended = []
    while True:
        before = _lines(journal)
        code, line, failures = _run(
            name, [*arguments, f"--journal={journal}"], environment
        )
        started = _lines(journal)[len(before) :]
        # pytest's own codes go up to 5; 5 says that nothing was left to run.
        if not started or 0 <= code <= 5:
            break
        ended.append(f"ENDED ITS PROCESS {started[-1]} (exit code {code})")
        _show(name, ended[-1:])
    if ended:
        line = f"{line}; {len(ended)} tests ended their process"
    return (1 if ended and code in (0, 5) else code), line, [*ended, *failures]


def _lines(path):
    return path.read_text().splitlines() if path.exists() else []


def _run(name, arguments, environment):
    held, last, failures = [], "no output", []
    with subprocess.Popen(
        arguments,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout:
            line = line.rstrip()
            last = line.strip("= ") or last
            if FAILURE.match(line):
                failures.append(line)
            if held or REPORT.fullmatch(line):
                held.append(line)
            else:
                _show(name, [line])
    _show(name, held)
    return process.returncode, last, failures


def _show(name, lines):
    with PRINTING:
        for line in lines:
            print(f"{name:<14} {line}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
