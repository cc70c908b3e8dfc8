"""Functions of rows, in batches of one size."""

import numpy as np
import pytest

from keras_s3gan.backend.batched_function import BatchedFunction
from tests.once import once

pytestmark = once("arrays of NumPy alone")

ROWS = np.arange(10, dtype="float32")[:, None]


@pytest.mark.parametrize("devices", [1, 2])
@pytest.mark.parametrize("batch_size", [1, 3, 10, 100])
def test_every_row_once_in_batches_of_one_size(batch_size, devices):
    sizes = []

    def run(rows, others):
        sizes.append(len(rows))
        return {"sum": rows + others, "first": rows[:, 0]}

    function = BatchedFunction(run, devices)
    found = function(ROWS, 2 * ROWS, batch_size=batch_size)
    np.testing.assert_array_equal(found["sum"], 3 * ROWS)
    np.testing.assert_array_equal(found["first"], ROWS[:, 0])
    assert len(set(sizes)) == 1
    assert sizes[0] % devices == 0 and sizes[0] <= devices * batch_size


def test_a_batch_comes_as_soon_as_it_is_asked_for():
    function = BatchedFunction(lambda rows: rows, 1)
    batches = function.batches(ROWS, batch_size=4)
    assert [len(batch) for batch in batches] == [4, 4, 2]


def test_no_row_is_refused():
    with pytest.raises(ValueError, match="Received: 0 rows"):
        BatchedFunction(lambda rows: rows, 1)(ROWS[:0], batch_size=4)
