"""The arithmetic on planted plans."""

import pytest

from keras_s3gan.backend.jax.hlo import KINDS
from keras_s3gan.experiment.planning.plan import sent_bytes
from keras_s3gan.experiment.planning.tpu_hardware import find_slice
from tests.experiment.planning.planted import make_plan


def test_roofline_of_a_core():
    plan = make_plan()
    assert plan.compute_seconds == pytest.approx(1.0)
    assert plan.memory_seconds == pytest.approx(0.1)
    assert plan.interconnect_seconds == pytest.approx(2 * 63 / 64 * 1e9 / 332e9)
    assert plan.step_seconds == pytest.approx(1.0 + plan.interconnect_seconds)
    assert plan.seconds == pytest.approx(86400 * plan.step_seconds)
    assert make_plan(bytes_accessed=900e9).step_seconds > 2


@pytest.mark.parametrize("kind", KINDS)
def test_one_chip_sends_nothing(kind):
    assert sent_bytes(kind, 100, find_slice("v5e:1x1")) == 0
