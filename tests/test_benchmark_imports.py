"""What `python -m benchmarks.imports` measures and makes of it."""

import pytest

from benchmarks import imports
from tests.once import once

pytestmark = once("a process of its own, whatever the backend")


def test_every_step_is_timed():
    found = imports.measure("torch", threads=1)
    assert list(found) == ["keras", "package", "rooms"]
    # This package has to find PyTorch imported.
    assert found["keras"] > found["package"] > 0
    assert found["rooms"] > 0


def test_medians_and_what_the_rooms_cost_with_the_package():
    runs = [{"keras": k, "package": 0.1, "rooms": k / 10} for k in (1.0, 3.0, 2.0)]
    row = imports.summarize("jax", runs)
    assert row["backend"] == "jax"
    assert row["keras"] == {"median": 2.0, "lowest": 1.0, "highest": 3.0}
    assert row["rooms"]["median"] == pytest.approx(0.3)
