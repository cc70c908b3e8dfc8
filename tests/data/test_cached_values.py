import numpy as np
import pytest

from keras_s3gan.data import ArraySource
from keras_s3gan.data.cached_values import cached_values
from tests.once import once

pytestmark = once("files are read by NumPy")


def source(value):
    return ArraySource(np.full((2, 4, 4, 1), value, np.uint8))


@pytest.mark.parametrize("damaged", [False, True])
def test_values_are_computed_once(own_cache, damaged):
    calls = []

    def compute():
        calls.append(None)
        return np.arange(3)

    for _ in range(2):
        assert cached_values("sides", source(1), compute).tolist() == [0, 1, 2]
        if damaged:
            next(own_cache.iterdir()).write_bytes(b"")
    assert len(calls) == 1 + damaged


def test_values_are_of_a_kind_and_a_source():
    assert cached_values("sides", source(1), lambda: np.zeros(1)) == 0
    assert cached_values("bits", source(1), lambda: np.ones(1)) == 1
    assert cached_values("sides", source(2), lambda: np.ones(1)) == 1
