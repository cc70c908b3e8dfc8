import pytest

from keras_s3gan.experiment.runs.folder import RunFolder, default_run_path, open_run


@pytest.fixture
def folder(tmp_path):
    folder = RunFolder(tmp_path / "first")
    folder.start("train.steps = 3\n", backend="jax", seed=7)
    return folder


def test_record_of_a_started_run(folder):
    assert folder.is_run() and not folder.is_finished()
    folder.update_record(status="finished")
    assert folder.is_finished()
    assert folder.read_record() == {"backend": "jax", "seed": 7, "status": "finished"}
    assert "train.steps = 3" in folder.stored_recipe()


def test_same_run_passes_the_check(folder):
    folder.check_same([], backend="jax", seed=7)


def test_another_run_is_refused_with_what_differs(folder):
    with pytest.raises(ValueError, match="backend is jax there, torch here"):
        folder.check_same([], backend="torch")
    with pytest.raises(ValueError, match="a; b; c and 1 more. Choose another"):
        folder.check_same(["a", "b", "c", "d"])


def test_open_run_needs_a_run_and_names_its_neighbours(folder, tmp_path):
    assert open_run(folder.path).recipe == folder.recipe
    with pytest.raises(ValueError, match="Runs next to it: first"):
        open_run(tmp_path / "second")


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ValueError, match="run_dir="):
        RunFolder(tmp_path / "file")


def test_unreadable_record_is_named(folder):
    folder.record.write_text("{")
    with pytest.raises(ValueError, match="run.json is not readable"):
        folder.read_record()


def test_lock_keeps_a_second_run_out(folder):
    pytest.importorskip("fcntl")
    with folder.lock():
        with pytest.raises(ValueError, match="Another process is training in"):
            with RunFolder(folder.path).lock():
                pass
    with folder.lock():
        pass


def test_default_path_tells_runs_apart():
    assert default_run_path("digits", "jax", 3).as_posix() == "runs/digits-jax-seed3"
