"""What an optimizer must not do where replicas share an update."""

import keras
import pytest

if keras.backend.backend() != "tensorflow":
    pytest.skip("of TensorFlow alone", allow_module_level=True)

from keras_s3gan.backend.tensorflow import optimizers


@pytest.mark.parametrize(
    "argument",
    [
        {"clipnorm": 1.0},
        {"clipvalue": 1.0},
        {"global_clipnorm": 1.0},
        {"gradient_accumulation_steps": 2},
    ],
)
@pytest.mark.parametrize("scaled", [False, True])
def test_what_keras_does_to_a_replicas_part_is_refused(argument, scaled, monkeypatch):
    optimizer = keras.optimizers.SGD(0.1, **argument)
    if scaled:
        optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
    variable = keras.Variable(1.0)
    optimizer.build([variable])
    monkeypatch.setattr(optimizers, "replica_count", lambda: 2)
    (name,) = argument
    with pytest.raises(ValueError, match=f"Received: {name}="):
        optimizers.apply_gradients(optimizer, [keras.ops.ones(())], [variable])
    assert float(variable) == 1.0
