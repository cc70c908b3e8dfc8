import io

import keras
from rich.console import Console

from keras_s3gan.experiment.comparison.compare import compare
from keras_s3gan.experiment.comparison.grid import plan_grid
from keras_s3gan.experiment.runs.folder import RunFolder
from tests.experiment.comparison.stand_ins import called, pretend

BACKEND = keras.backend.backend()


def shown(runs, directory, **settings):
    """Compares; returns the rows and what was printed."""
    console = Console(file=io.StringIO(), width=200, **settings)
    rows, _ = compare(runs, directory, console)
    return rows, console.file.getvalue()


def test_a_grid_leaves_runs_and_a_report(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND, seeds=[0, 1])
    rows, text = shown(runs, tmp_path)
    assert [row["fid"] for row in rows] == [10, 11]
    assert "1 of 2: tiny4-0.5-seed0 finished, 0:00:0" in text
    assert len(text.splitlines()) == 2
    for name in ("comparison.md", "comparison.csv", "comparison.png"):
        assert (tmp_path / name).is_file()


def test_a_terminal_gets_a_table(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND)
    _, text = shown(runs, tmp_path, force_terminal=True)
    assert "waiting" in text
    assert "time left" in text


def test_only_what_is_missing_is_run_again(recipe, tmp_path, monkeypatch):
    pretend(monkeypatch, tmp_path)
    runs = plan_grid([recipe], tmp_path, BACKEND, seeds=[0, 1])
    (broken := tmp_path / "runs" / "tiny4-0.5-seed1.broken").parent.mkdir()
    broken.touch()
    rows, text = shown(runs, tmp_path)
    assert [row["status"] for row in rows] == ["finished", "failed"]
    assert "exit code 1: keras-s3gan: the [loss] is no number" in text
    # What the program cannot know: the whole of the resolved recipe.
    RunFolder(runs[0].path).recipe.write_text(runs[0].text)
    broken.unlink()
    rows, _ = shown(runs, tmp_path)
    assert [row["status"] for row in rows] == ["finished", "finished"]
    assert [name for name, _ in called(tmp_path / "runs")] == [
        *("tiny4-0.5-seed0", "tiny4-0.5-seed1", "tiny4-0.5-seed1")
    ]
