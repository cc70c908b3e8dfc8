"""The runner of the suite must not call a failure a success."""

import collections
import functools
import sys

from tests import __main__ as runner
from tests.once import once


def python(code, **environment):
    return [sys.executable, "-c", code], environment


def test_exit_codes_and_last_lines_are_kept_by_name():
    outcomes = runner.run_all(
        {
            "good": python("print('== 3 passed in 0.10s ==')"),
            "bad": python(
                "print('FAILED tests/a.py::b'); print('1 failed'); raise SystemExit(1)"
            ),
            "silent": python("import os; os._exit(7)"),
        },
        jobs=2,
    )
    assert outcomes == {
        "good": (0, "3 passed in 0.10s", []),
        "bad": (1, "1 failed", ["FAILED tests/a.py::b"]),
        "silent": (7, "no output", []),
    }


def test_each_process_gets_its_own_environment():
    read = "import os; print(os.environ['KERAS_BACKEND'])"
    outcomes = runner.run_all(
        {name: python(read, KERAS_BACKEND=name) for name in ("jax", "torch")}, jobs=1
    )
    assert outcomes == {"jax": (0, "jax", []), "torch": (0, "torch", [])}


def test_reports_of_two_processes_do_not_mix(capsys):
    code = (
        "import sys, time\n"
        "for line in ['progress', '=== FAILURES ===', 'one', 'two', 'three']:\n"
        "    print(line, flush=True); time.sleep(0.02)"
    )
    runner.run_all({"a": python(code), "b": python(code)}, jobs=2)
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    reports = "".join(name for name, text in lines if text != "progress")
    assert reports in ("aaaabbbb", "bbbbaaaa")


def test_one_failing_backend_fails_the_whole(monkeypatch, capsys):
    codes = collections.defaultdict(int, {"tensorflow 2/2": 1})
    monkeypatch.setattr(
        runner,
        "run_all",
        lambda commands, jobs, run: {
            name: (codes[name], "…", ["FAILED tests/a.py"] * codes[name])
            for name in commands
        },
    )
    assert runner.main([]) == 1
    assert {"jax 1/2", "torch 1/3", "torch 3/3", "comparison"} <= codes.keys()
    output = capsys.readouterr().out
    assert "tensorflow 2/2 FAILED" in output
    assert "tensorflow 2/2 FAILED tests/a.py" in output
    codes["tensorflow 2/2"] = 0
    assert runner.main([]) == 0
    codes["comparison"] = 5
    assert runner.main([]) == 1


@once("pytest and its processes alone")
def test_a_test_that_ends_the_process_is_named_and_the_rest_runs(tmp_path, capfd):
    module = tmp_path / "test_three.py"
    module.write_text(
        "import os\n"
        "def test_before(): pass\n"
        "def test_ends(): os.abort()\n"
        "def test_fails(): raise KeyError\n"
        "def test_after(): pass\n"
    )
    settings = tmp_path / "pytest.ini"
    settings.write_text("[pytest]")
    options = ["-p", "tests.conftest", "-p", "no:cacheprovider", "-c", str(settings)]
    arguments = [sys.executable, "-m", "pytest", *options, str(module)]
    run = functools.partial(runner._run_through, folder=tmp_path)
    outcomes = runner.run_all({"torch 1/2": (arguments, {})}, 1, run)
    code, line, (ended, failed) = outcomes["torch 1/2"]
    assert code == 1
    assert line.startswith("1 failed, 1 passed, 2 deselected")
    assert line.endswith("; 1 tests ended their process")
    assert (
        ended.startswith("ENDED ITS PROCESS ") and "test_three.py::test_ends" in ended
    )
    assert failed.startswith("FAILED ") and "test_three.py::test_fails" in failed
