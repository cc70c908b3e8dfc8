import os

import pytest

from keras_s3gan.experiment.planning import environment
from keras_s3gan.experiment.planning.environment import check_request, prepare_for
from tests.once import once

pytestmark = once("no framework is imported")


@pytest.mark.parametrize(
    "arguments",
    [
        (["v5e:2x2"], []),
        (["v5e:2x2", "v5e:4x4"], [8, 16], True),
        ([], [], False, "cpu", "torch"),
    ],
)
def test_a_request_that_is_clear(arguments):
    check_request(*arguments)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([], []), "--topology=None, --device=None"),
        ((["v5e:2x2"], [], False, "cpu"), "--device=cpu"),
        ((["v5e:2x2"], [], False, None, "jax"), "always computed by JAX"),
        ((["v5e:2x2", "v5e:4x4"], []), "--sweep"),
        (([], [8, 16], True, "cpu"), "--batch=8,16"),
        ((["v9:2x2"], []), "topology=v9:2x2"),
    ],
)
def test_a_request_that_contradicts_itself(arguments, message):
    with pytest.raises(ValueError, match=message):
        check_request(*arguments)


def test_a_plan_for_tpus_needs_their_compiler(monkeypatch):
    monkeypatch.setattr(environment, "is_installed", lambda name: name == "jax")
    with pytest.raises(ValueError, match="libtpu is not installed"):
        environment.prepare_for_tpus()


def test_a_device_that_is_none():
    with pytest.raises(ValueError, match="Received: --device=tpu"):
        prepare_for("tpu", None)


def test_on_the_cpu_no_gpu_is_seen(monkeypatch):
    for name in ("JAX_PLATFORMS", "CUDA_VISIBLE_DEVICES"):
        monkeypatch.setenv(name, "")
    monkeypatch.setattr(environment, "choose_backend", lambda backend: backend)
    assert prepare_for("cpu", "jax") == "jax"
    assert os.environ["JAX_PLATFORMS"] == "cpu"
    assert os.environ["CUDA_VISIBLE_DEVICES"] == "-1"
