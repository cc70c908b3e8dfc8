"""TensorFlow: the training step."""


class TrainStep:
    """See `keras_s3gan.backend.interface`.

    Keras' trainer for TensorFlow is stateful, so that `train_step` is `step`.
    """

    def train_step(self, data):
        return self.step(data)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Does nothing: the model is built. With replicas Keras would skip batches."""
