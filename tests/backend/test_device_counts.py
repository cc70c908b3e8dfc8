"""How many devices may be asked for."""

import pytest

from keras_s3gan.backend.device_counts import check_devices, check_no_model_parallel
from tests.once import once

pytestmark = once("numbers alone")


def test_all_that_there_are_unless_a_number_is_asked_for():
    assert check_devices(None, 4) == 4
    assert check_devices(3, 4) == 3


@pytest.mark.parametrize("count", [0, 5])
def test_others_are_refused(count):
    with pytest.raises(ValueError, match=f"4 devices here. Received: devices={count}"):
        check_devices(count, 4)


def test_weights_are_not_shared():
    check_no_model_parallel(1)
    with pytest.raises(ValueError, match="Received: model_parallel=2"):
        check_no_model_parallel(2)
