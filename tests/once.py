"""What needs no second look on another backend."""

import pathlib

import keras
import pytest

TESTS = pathlib.Path(__file__).parent
RECORDS = (
    *("folder", "image_source", "label_checks", "labels", "provenance"),
    *("score_tables", "scores"),
)
RUNS = ("evaluate", "refinement", "self_training")
# Folders and files of tests that run on PyTorch alone, and why.
ONCE = {
    "cli": "lines of text; what a command calls is tested on each backend",
    "data": "arrays of NumPy, without Keras",
    "files": "arrays of NumPy, without Keras",
    "experiment/comparison": "tables of runs, which other processes train",
    "experiment/recipe": "text; what a recipe names is tested on each backend",
    "experiment/start": "the environment of other processes",
    **dict.fromkeys(
        [f"experiment/runs/test_{name}.py" for name in RUNS],
        "runs that go on or are scored; test_train.py has one of each backend",
    ),
    **dict.fromkeys(
        [
            *(f"experiment/runs/test_{name}.py" for name in RECORDS),
            "metrics/evaluation",
            "metrics/features/test_cached_statistics.py",
            "metrics/features/test_inception_weights.py",
            "callbacks/test_history.py",
            "callbacks/test_score_history.py",
        ],
        "records of numbers that were computed already",
    ),
}
# What is in one of these folders and runs on each backend all the same.
ON_EACH = ("metrics/evaluation/test_evaluator.py",)


def once(reason):
    """Marks a test that runs on PyTorch alone, whose process is done first.

    Args:
        reason: str. Why no other backend can change what comes out, or which test looks
            at it on each backend.

    Raises:
        ValueError: if there is no reason; `@once` alone would make the test disappear.
    """
    if not isinstance(reason, str) or not reason:
        raise ValueError(f"`once` needs a reason. Received: reason={reason}")
    return pytest.mark.skipif(
        keras.backend.backend() != "torch", reason=f"once, on PyTorch: {reason}"
    )


def reason_for_once(path):
    """Why the tests of a file run on PyTorch alone, or `None`.

    Args:
        path: `pathlib.Path` of the file.
    """
    name = path.relative_to(TESTS).as_posix() if TESTS in path.parents else ""
    if name in ON_EACH:
        return None
    for room, reason in ONCE.items():
        if name == room or name.startswith(f"{room}/"):
            return reason
    return None
