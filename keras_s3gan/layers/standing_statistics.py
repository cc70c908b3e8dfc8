"""Standing statistics: batch moments, averaged over many generated batches."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.batch_normalization import BatchNormalization


def accumulate_standing_statistics(model, batches):
    """Computes the standing statistics of a model and uses them at inference.

    Every batch normalization layer of this package in `model` averages the moments of
    its inputs over `batches`, and uses the averages until the next training call.

    Args:
        model: `keras.Model` in inference mode, for example a generator.
        batches: iterable of what `model` takes as its first argument.

    Raises:
        ValueError: if there is no batch or no batch normalization of this package.

    Example:
        >>> batches = [[keras.random.normal((8, 64)), keras.ops.eye(10)[:8]]] * 4
        >>> accumulate_standing_statistics(generator, batches)

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096, appendix on sampling
    """
    StandingStatistics(model).accumulate(batches)


class StandingStatistics:
    """The standing statistics of one model, for repeated use.

    Args:
        model: as in `accumulate_standing_statistics`.
    """

    def __init__(self, model):
        self.model = model
        self.layers = [
            layer
            for layer in model._flatten_layers()
            if isinstance(layer, BatchNormalization)
        ]
        # Always called, and so traced, while the layers accumulate.
        self._forward = backend.compiled(
            lambda inputs: model(inputs, training=False), model.variables
        )

    def in_use(self):
        """Whether the model uses standing statistics now."""
        counts = [ops.convert_to_numpy(layer.standing_count) for layer in self.layers]
        return bool(counts and min(counts) > 0)

    def accumulate(self, batches):
        """See `accumulate_standing_statistics`."""
        if not self.layers:
            raise ValueError(
                "`model` has no batch normalization of keras_s3gan, so no standing "
                f"statistics. Received: model={self.model.name}"
            )
        for layer in self.layers:
            layer.reset_standing_statistics()
            layer.accumulates = True
        count = 0
        try:
            for inputs in batches:
                self._forward(inputs)
                count += 1
        finally:
            for layer in self.layers:
                layer.accumulates = False
        if count == 0:
            raise ValueError("`batches` must hold at least one batch. Received: none")
