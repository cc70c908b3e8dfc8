"""TensorFlow: the training step."""


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    Keras' trainer for TensorFlow is stateful, so that `train_step` is `step`.
    """

    def train_step(self, data):
        return self.step(data)

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
