import pytest

from tests.experiment.planning.planted import DEVICES
from tests.once import once


@once("a process of JAX's own, whatever the backend")
def test_flops_are_those_of_the_layers(planned):
    # Products alone are counted; normalization and the optimizers come to some per
    # cent. Each device has its share and no more.
    in_all = DEVICES * planned["compiled"]["flops"]
    assert in_all == pytest.approx(planned["layer_flops"], rel=0.1)
