"""A model whose step updates what it likes, within Keras' `fit`."""

import warnings

import keras
import numpy as np
import pytest
from keras import ops

from keras_s3gan import backend


class Counting(backend.TrainStep, keras.Model):
    """Moves a weight by the mean of each batch, and counts."""

    def __init__(self):
        super().__init__()
        self.weight = self.add_weight(shape=(), initializer="zeros")
        self.count = self.add_weight(shape=(), initializer="zeros", trainable=False)
        self.mean = keras.metrics.Mean(name="mean")
        self.built = True

    def step(self, data):
        (images,) = keras.tree.flatten(data)
        self.count.assign_add(1.0)
        value = ops.mean(images)
        _, (gradient,) = backend.value_and_grad(
            lambda: (self.weight * value, None), [self.weight]
        )
        backend.apply_gradients(self.optimizer, [gradient], [self.weight])
        self.mean.update_state(value)
        return {"mean": self.mean.result()}


@pytest.mark.parametrize("run_eagerly", [False, True])
def test_fit_keeps_what_a_step_assigns(run_eagerly):
    model = Counting()
    model.compile(keras.optimizers.SGD(0.5), run_eagerly=run_eagerly)
    model.optimizer.build([model.weight])
    images = np.arange(12, dtype="float32")[:, None]
    history = model.fit(images, batch_size=4, epochs=2, shuffle=False, verbose=0)
    assert float(model.count) == 6
    # Means of 1.5, 5.5 and 9.5, twice.
    np.testing.assert_allclose(float(model.weight), -0.5 * 2 * 16.5)
    assert history.history["mean"] == pytest.approx([5.5, 5.5])
    assert int(model.optimizer.iterations) == 6


def test_two_variables_may_share_a_value():
    model = Counting()
    model.compile(keras.optimizers.SGD(0.5))
    model.optimizer.build([model.weight])
    model.weight.assign(2.0)
    model.count.assign(model.weight)
    images = np.ones((12, 1), "float32")
    model.fit(images, batch_size=4, verbose=0)
    assert (float(model.count), float(model.weight)) == (5.0, 0.5)
    model.count.assign(model.weight)
    model.fit(images, batch_size=12, verbose=0)
    assert (float(model.count), float(model.weight)) == (1.5, 0.0)


def test_the_end_of_data_without_a_length_is_no_step():
    model = Counting()
    model.compile(keras.optimizers.SGD(0.5))
    model.optimizer.build([model.weight])
    images = np.ones((3, 4, 1), "float32")
    with warnings.catch_warnings():
        # Keras says that the data has ended.
        warnings.simplefilter("ignore")
        model.fit(((batch,) for batch in images), verbose=0)
    assert (float(model.count), int(model.optimizer.iterations)) == (3, 3)
