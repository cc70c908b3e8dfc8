import json
import os
import subprocess
import sys

import keras
import pytest

from keras_s3gan.environment import compile_cache_settings
from keras_s3gan.experiment.start import backend as backend_choice
from keras_s3gan.experiment.start.backend import (
    choose_backend,
    is_installed,
)


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine where nothing is set, and where a test says what is installed."""
    # Set rather than deleted: what the function under test sets is then undone.
    monkeypatch.setenv("KERAS_BACKEND", "")
    monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "2")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    for name in compile_cache_settings(""):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.delitem(sys.modules, "keras", raising=False)

    def install(*backends, configured=None):
        monkeypatch.setattr(backend_choice, "is_installed", lambda b: b in backends)
        if configured:
            (tmp_path / "keras.json").write_text(json.dumps({"backend": configured}))

    return install


def test_option_wins_over_environment(machine, monkeypatch):
    machine("jax", "torch", "tensorflow")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend("torch", fallback="tensorflow") == "torch"
    assert os.environ["KERAS_BACKEND"] == "torch"


def test_environment_wins_over_fallback_and_file(machine, monkeypatch):
    machine("jax", "torch", "tensorflow", configured="torch")
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    assert choose_backend(fallback="tensorflow") == "jax"


def test_fallback_then_file_then_installed(machine, monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "")
    machine("jax", "torch", configured="torch")
    assert choose_backend(fallback="jax") == "jax"
    monkeypatch.setenv("KERAS_BACKEND", "")
    assert choose_backend() == "torch"
    machine("jax", configured="tensorflow")
    monkeypatch.setenv("KERAS_BACKEND", "")
    assert choose_backend(fallback="torch") == "jax"


def test_missing_backend_names_the_command(machine):
    machine("jax")
    with pytest.raises(ValueError, match='pip install "torch>=2.7"'):
        choose_backend("torch")


def test_unknown_backend_names_the_choices(machine):
    machine("jax")
    with pytest.raises(ValueError, match="jax, torch. Received: --backend=numpy"):
        choose_backend("numpy")


def test_no_backend_at_all(machine):
    machine()
    with pytest.raises(ValueError, match="No backend is installed"):
        choose_backend()


def test_another_backend_in_the_same_process(machine, monkeypatch):
    import keras

    monkeypatch.setitem(sys.modules, "keras", keras)
    running = keras.backend.backend()
    other = next(b for b in backend_choice.BACKENDS if b != running)
    machine(*backend_choice.BACKENDS)
    with pytest.raises(ValueError, match=f"runs on '{running}'"):
        choose_backend(other)


def test_is_installed_ignores_folders_of_that_name(tmp_path, monkeypatch):
    (tmp_path / "framework_of_a_test").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    assert not is_installed("framework_of_a_test")
    (tmp_path / "framework_of_a_test" / "__init__.py").write_text("")
    assert is_installed("framework_of_a_test")


def test_programs_are_kept_unless_the_user_says_where(machine, monkeypatch, tmp_path):
    machine("jax")
    monkeypatch.setenv("KERAS_S3GAN_CACHE", str(tmp_path))
    choose_backend()
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == str(tmp_path / "programs")
    monkeypatch.setenv("JAX_COMPILATION_CACHE_DIR", "elsewhere")
    choose_backend()
    assert os.environ["JAX_COMPILATION_CACHE_DIR"] == "elsewhere"


@pytest.mark.skipif(keras.backend.backend() != "jax", reason="JAX's own way")
def test_what_jax_compiles_is_found_again(tmp_path):
    """By the next process: it writes nothing anew."""
    program = (
        "import keras_s3gan_command  # as the command\n"
        "from keras_s3gan.experiment.start.backend import choose_backend\n"
        "choose_backend('jax')\n"
        "import keras\n"
        "keras.layers.Dense(3)(keras.ops.ones((2, 4)))"
    )
    environment = {
        name: value
        for name, value in os.environ.items()
        if name not in compile_cache_settings("")
    }
    environment["KERAS_S3GAN_CACHE"] = str(tmp_path)
    written = []
    for _ in range(2):
        subprocess.run([sys.executable, "-c", program], env=environment, check=True)
        names = {path.name for path in (tmp_path / "programs").iterdir()}
        written.append({name for name in names if name.endswith("-cache")})
    assert written[0] and written[0] == written[1]
