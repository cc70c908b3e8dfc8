import socket

import keras
import numpy as np
import pytest


def test_the_network_is_out_of_reach():
    with pytest.raises(OSError, match="tests use no network"):
        socket.create_connection(("elsewhere.invalid", 80), timeout=1)


@pytest.mark.parametrize("turn", [0, 1])
def test_every_test_starts_from_the_same_seed(turn):
    first = keras.ops.convert_to_numpy(keras.random.normal([3]))
    keras.utils.set_random_seed(0)
    again = keras.ops.convert_to_numpy(keras.random.normal([3]))
    np.testing.assert_array_equal(first, again)
