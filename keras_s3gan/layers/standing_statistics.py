"""Moments of batch normalization, accumulated over many generated batches."""

from keras import ops

from keras_s3gan import backend
from keras_s3gan.layers.batch_normalization import BatchNormalization


def accumulate_standing_statistics(model, batches):
    """Replaces the moments that `model` uses at inference by standing ones.

    Every batch normalization layer of this package inside `model` averages the moments
    of its inputs over `batches`, and uses that average until the next training call.

    Args:
        model: `keras.Model` in inference mode, for example a generator.
        batches: iterable of what `model` takes as its first argument.

    Raises:
        ValueError: if there is no batch or no layer that could keep the moments.

    Reference:
        - Brock et al., 2019, https://arxiv.org/abs/1809.11096, appendix on sampling
    """
    StandingStatistics(model).accumulate(batches)


class StandingStatistics:
    """The standing moments of one model, which may be accumulated again and again.

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
        # Traced when the layers accumulate: as they do in later ones.
        self._forward = backend.compiled(
            lambda inputs: model(inputs, training=False), model.variables
        )

    def in_use(self):
        """Whether the model normalizes with standing moments at this moment."""
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
