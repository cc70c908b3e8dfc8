"""LeCam's regularization against NumPy."""

import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend, penalties
from tests.tolerance import assert_close


def test_averages_and_penalty():
    layer = penalties.get({"scheme": "lecam", "decay": 0.75, "start_step": 2})
    random = np.random.default_rng(0)
    averages = np.zeros(2)
    step = backend.compiled(
        lambda real, fake: backend.vjp(
            lambda real, fake: (layer(real, fake), ()),
            [real, fake],
            state=layer.variables,
        )[0],
        layer.variables,
    )
    for call in range(4):
        real, fake = random.normal([[[0.5]], [[-0.5]]], 1.0, (2, 6, 1))
        decay = 0.75 if call >= 2 else 0.0
        averages = decay * averages + (1 - decay) * np.array([real.mean(), fake.mean()])
        high = np.maximum(real - averages[1], 0) ** 2
        low = np.maximum(averages[0] - fake, 0) ** 2
        expected = high.mean() + low.mean() if call >= 2 else 0.0
        value = step(real.astype("float32"), fake.astype("float32"))
        assert_close(value, np.array(expected), 1e-5, name=f"call {call}")
        assert_close(layer.real_average, averages[0:1].reshape(()), 1e-5)
        assert_close(layer.fake_average, averages[1:2].reshape(()), 1e-5)
    assert int(layer.calls.value) == 4


def test_no_gradient_flows_through_the_averages():
    layer = penalties.LeCam(decay=0.0, start_step=0)
    real, fake = np.array([[2.0], [0.0]]), np.array([[-1.0], [1.0]])
    tensors = [ops.convert_to_tensor(x, "float32") for x in (real, fake)]
    value, _, pull = backend.vjp(
        lambda real, fake: (layer(real, fake), ()), tensors, state=layer.variables
    )
    (to_real, to_fake), _ = pull(ops.ones_like(value))
    assert_close(to_real, np.maximum(real - fake.mean(), 0), 1e-6)
    assert_close(to_fake, -np.maximum(real.mean() - fake, 0), 1e-6)


def test_wrong_decay_is_named():
    with pytest.raises(ValueError, match=r"decay=1\.5"):
        penalties.LeCam(decay=1.5)
