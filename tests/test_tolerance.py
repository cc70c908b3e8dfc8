import json

import keras
import numpy as np
import pytest

from tests.tolerance import RECORD, assert_close


def test_error_is_relative_to_the_largest_magnitude():
    assert_close(np.array([1e-9, 10.0005]), np.array([0.0, 10.0]), relative=1e-4)
    with pytest.raises(AssertionError, match="relative error 0.0002"):
        assert_close(np.array([0.0, 10.002]), np.array([0.0, 10.0]), relative=1e-4)


def test_zeros_are_compared_absolutely():
    assert_close(np.array([1e-5]), np.array([0.0]))
    with pytest.raises(AssertionError, match="relative error"):
        assert_close(np.array([1e-3]), np.array([0.0]))


def test_each_entry_is_compared_with_its_own_magnitude_where_asked():
    actual, expected = np.array([1.1e-6, 10.0, 1e-5]), np.array([1e-6, 10.0, 0.0])
    assert_close(actual, expected)
    with pytest.raises(AssertionError, match="relative error 0.1 "):
        assert_close(actual, expected, elementwise=True)
    with pytest.raises(AssertionError, match="relative error 1e-05"):
        assert_close(actual[1:], expected[1:], 1e-6, elementwise=True)


def test_numbers_keep_their_digits():
    with pytest.raises(AssertionError, match="relative error 2e-12"):
        assert_close(1 + 2e-12, 1.0, 1e-12)
    assert_close(np.float64(1 + 2e-12), 1.0, 1e-11)


def test_shapes_are_not_broadcast():
    with pytest.raises(AssertionError, match="shape"):
        assert_close(np.ones([3, 1]), np.ones([3]))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_values_that_are_not_finite_are_refused_on_either_side(value):
    with pytest.raises(AssertionError, match="1 of 2 actual values not finite"):
        assert_close(np.array([1.0, value]), np.array([1.0, 1.0]))
    with pytest.raises(AssertionError, match="1 of 2 expected values not finite"):
        assert_close(np.array([1.0, 1.0]), np.array([1.0, value]))


def test_tensors_of_the_backend_are_taken():
    tensor = keras.ops.convert_to_tensor([1.0, 2.0], dtype="bfloat16")
    assert_close(tensor, [1.0, 2.0])


def test_errors_are_recorded_where_a_file_is_named(tmp_path, monkeypatch):
    path = tmp_path / "errors.jsonl"
    assert_close(np.array([1.0]), np.array([1.0]))
    monkeypatch.setenv(RECORD, str(path))
    assert_close(np.array([2.5]), np.array([2.0]), 0.5, name="near")
    with pytest.raises(AssertionError, match="far"):
        assert_close(np.array([4.0]), np.array([2.0]), 0.5, name="far")
    rows = [json.loads(line) for line in path.read_text().splitlines()]
    assert [(row["name"], row["error"]) for row in rows] == [("near", 0.25), ("far", 1)]
    test = "test_errors_are_recorded_where_a_file_is_named"
    assert all(row["test"].endswith(test) and row["allowed"] == 0.5 for row in rows)
