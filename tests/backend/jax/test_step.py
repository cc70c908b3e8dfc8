"""JAX's steps delete what they are given: what a call that ends early leaves."""

import signal

import keras
import numpy as np
import pytest

if keras.backend.backend() != "jax":
    pytest.skip("steps without side effects are JAX's", allow_module_level=True)

from keras_s3gan import backend
from keras_s3gan.backend.jax.step import TrainStep


class Trainer:
    def _make_function(self, step_function, concatenate_outputs=False):
        return lambda state, iterator: step_function(state, next(iterator))


class Stateful(TrainStep, Trainer):
    pass


@pytest.fixture
def ctrl_c():
    """Python's own handler: tests may run where Ctrl-C is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_within_a_step_waits_until_the_new_state_is_kept(ctrl_c):
    def step(state, data):
        if data:
            signal.raise_signal(signal.SIGINT)
        return {}, tuple([value + 1 for value in part] for part in state)

    model = Stateful()
    function = model._make_function(step)
    _, state = function(([1], [2], [3], [4]), iter([0]))
    handler = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt):
        function(state, iter([1]))
    assert [*model._jax_state.values()] == [[3], [4], [5], [6]]
    assert signal.getsignal(signal.SIGINT) is handler


class Line(backend.TrainStep, keras.Sequential):
    """A model of one layer with Keras' own `evaluate` and `predict`."""


def failing(batches):
    yield from batches
    raise OSError("the disk is gone")


class AskingInBetween(keras.callbacks.Callback):
    def on_test_batch_end(self, batch, logs=None):
        self.found = self.model.predict(np.ones((1, 2)), verbose=0)


def test_variables_have_their_values_after_every_call():
    model = Line([keras.layers.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    expected = [np.asarray(value) for value in model.get_weights()]
    batch = (np.ones((4, 2)), np.ones((4, 1)))
    for count in (1, 2):
        for call in (model.evaluate, model.predict):
            # Keras itself asks for one batch ahead.
            with pytest.raises(OSError, match="disk"):
                call(failing([batch] * count), verbose=0)
            for found, value in zip(model.get_weights(), expected, strict=True):
                np.testing.assert_array_equal(found, value)
    asking = AskingInBetween()
    model.evaluate(*batch, verbose=0, callbacks=[asking])
    np.testing.assert_array_equal(asking.found, model.predict(np.ones((1, 2))))


class Interrupted(backend.TrainStep, keras.Model):
    """Adds the first number of a batch to its weight; a negative one is Ctrl-C."""

    def __init__(self):
        super().__init__()
        self.weight = self.add_weight(shape=(), initializer="zeros")
        self.built = True

    def step(self, data):
        number = keras.tree.flatten(data)[0][0]
        self.weight.assign_add(abs(number))
        if number == 0:
            raise RuntimeError("no such step")
        if number < 0:
            signal.raise_signal(signal.SIGINT)
        return {}


def test_a_batch_that_ends_early_leaves_the_values_of_finished_steps(ctrl_c):
    model = Interrupted()
    model.compile("sgd", run_eagerly=True)
    model.optimizer.build([model.weight])
    model.train_on_batch(np.array([1.0]))
    assert float(model.weight) == 1
    with pytest.raises(KeyboardInterrupt):
        model.train_on_batch(np.array([-2.0]))
    assert float(model.weight) == 3
    # What was assigned since then stays.
    model.weight.assign(10.0)
    with pytest.raises(RuntimeError, match="no such step"):
        model.train_on_batch(np.array([0.0]))
    assert float(model.weight) == 10
