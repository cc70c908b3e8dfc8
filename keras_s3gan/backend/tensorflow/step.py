"""TensorFlow: the training step."""

import itertools

import keras
import numpy as np
import tensorflow as tf


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    Keras' trainer for TensorFlow is stateful, so that `train_step` is `step`. A step is
    traced once for each size of a batch, a constant in it.
    """

    data_is_checked = True

    def train_step(self, data):
        return self.step(data)

    def make_train_function(self, force=False):
        if self.train_function is not None and not force:
            return
        super().make_train_function(force)
        loop, steps = self.train_function, {}

        def train(iterator):
            if self.data_is_checked:
                # All batches are of one size.
                return loop(iterator)
            logs = None
            for data in itertools.islice(iterator, self.steps_per_execution):
                arrays = _on_host(data, self.distribute_strategy)
                self.check_data(arrays)
                flat = keras.tree.flatten(arrays)
                sizes = tuple(len(array) for array in flat if array is not None)
                if sizes not in steps:
                    steps[sizes] = self._make_function(self.train_step)
                logs = steps[sizes](iter([data]))
            if logs is None:
                raise StopIteration
            return logs

        self.train_function = train

    def _make_function(self, step_function):
        """Takes a batch out of the data before the step that gets it.

        In Keras' graph, which does both, the assignments of a step that do not depend
        on the batch also happen where the data has ended.
        """
        function = super()._make_function(step_function)

        def step(iterator):
            if self.steps_per_execution == 1:
                iterator = iter([next(iterator)])
            return function(iterator)

        return step

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Does nothing: the model is built. With replicas Keras would skip batches."""


def _on_host(data, strategy):
    """NumPy arrays of a batch, the parts of all replicas one after the other."""

    def whole(value):
        if value is None or isinstance(value, tf.experimental.Optional):
            return None
        if isinstance(value, tf.distribute.DistributedValues):
            parts = strategy.experimental_local_results(value)
            return np.concatenate([part.numpy() for part in parts])
        return keras.ops.convert_to_numpy(value)

    return keras.tree.map_structure(whole, data, none_is_leaf=True)
