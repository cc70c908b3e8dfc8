"""What steps run on. `tests/experiment/runs/test_devices.py` shares batches."""

import keras
import numpy as np
import pytest

from keras_s3gan import backend


def test_the_default_device_has_a_kind_and_a_name():
    kind, name = backend.default_device()
    assert kind in ("cpu", "gpu", "tpu")
    assert name


def test_without_devices_a_process_has_every_row():
    assert backend.Devices.in_use is None
    np.testing.assert_array_equal(backend.own_rows(3), [0, 1, 2])


def test_each_process_computes_all_of_what_is_unsharded():
    with backend.unsharded():
        assert float(keras.ops.sum(keras.ops.ones(3))) == 3


def test_rows_are_those_of_the_devices_in_use(monkeypatch):
    class TwoProcesses:
        total = 2

        def rows(self, count):
            return np.arange(1, count, 2)

    monkeypatch.setattr(backend.Devices, "in_use", TwoProcesses())
    np.testing.assert_array_equal(backend.own_rows(6), [1, 3, 5])
    with pytest.raises(ValueError, match="multiple of the 2 devices.*Received: 5"):
        backend.own_rows(5)
