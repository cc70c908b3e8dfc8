"""The benchmark of a GPU finds the largest batch that fits."""

import pytest

from benchmarks.gpu import largest
from tests.once import once


@once("Python alone")
@pytest.mark.parametrize(
    ("room", "tried", "found"),
    [
        (100, [32, 64, 128], 64),
        (1000, [32, 64, 128, 256], 256),
        (20, [32, 16], 16),
        (1, [32, 16, 8], None),
    ],
)
def test_largest_batch(room, tried, found):
    batches = []

    def attempt(batch):
        batches.append(batch)
        if batch <= room:
            return {"batch": batch}
        return {"error": "out of memory", "fits": False}

    assert largest(attempt, start=32, limit=256).get("batch") == found
    assert batches == tried


@once("Python alone")
def test_another_error_ends_the_search():
    batches = []

    def attempt(batch):
        batches.append(batch)
        return {"error": "no such kernel", "fits": True}

    assert largest(attempt, start=32, limit=256)["error"] == "no such kernel"
    assert batches == [32]
