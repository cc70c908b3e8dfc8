import socket
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import keras
import numpy as np
import pytest

from tests import conftest
from tests.once import ON_EACH, ONCE, TESTS, once, reason_for_once


def test_the_network_is_out_of_reach():
    with pytest.raises(OSError, match="tests use no network"):
        socket.create_connection(("elsewhere.invalid", 80), timeout=1)


@pytest.mark.parametrize("turn", [0, 1])
def test_every_test_starts_from_the_same_seed(turn):
    first = keras.ops.convert_to_numpy(keras.random.normal([3]))
    keras.utils.set_random_seed(0)
    again = keras.ops.convert_to_numpy(keras.random.normal([3]))
    np.testing.assert_array_equal(first, again)


@pytest.mark.parametrize("count", [1, 3])
def test_shards_hold_every_test_once(count):
    tests = [
        SimpleNamespace(path=Path(f"{number % 5}.py"), nodeid=number)
        for number in range(20)
    ]
    seen = []
    for number in range(1, count + 1):
        config, items = Mock(), list(tests)
        options = {"--shard": f"{number}/{count}"}
        config.getoption.side_effect = options.get
        conftest.pytest_collection_modifyitems(config, items)
        left_out = config.hook.pytest_deselected.call_args.kwargs["items"]
        assert items and len(items) + len(left_out) == len(tests)
        assert not {item.path for item in items} & {item.path for item in left_out}
        seen += items
    assert sorted(map(id, seen)) == sorted(map(id, tests))


@once("a table")
def test_what_runs_once_is_there():
    for name in (*ONCE, *ON_EACH):
        assert (TESTS / name).exists(), name
    assert reason_for_once(TESTS / "data" / "test_crops.py") == ONCE["data"]
    assert reason_for_once(TESTS / "files" / "test_arrays.py") == ONCE["files"]
    assert reason_for_once(TESTS / "layers" / "test_rotation.py") is None
    for name in ON_EACH:
        assert reason_for_once(TESTS / name) is None


@pytest.mark.parametrize("reason", [test_the_network_is_out_of_reach, "", None])
def test_what_runs_once_says_why(reason):
    with pytest.raises(ValueError, match="needs a reason. Received: reason="):
        once(reason)
