"""Moments of batch normalization, accumulated over many generated batches."""

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
    layers = [
        layer
        for layer in model._flatten_layers()
        if isinstance(layer, BatchNormalization)
    ]
    if not layers:
        raise ValueError(
            "`model` has no batch normalization of keras_s3gan, so no standing "
            f"statistics. Received: model={model.name}"
        )
    for layer in layers:
        layer.reset_standing_statistics()
        layer.accumulates = True
    try:
        forward = backend.compiled(
            lambda inputs: model(inputs, training=False), model.variables
        )
        count = 0
        for inputs in batches:
            forward(inputs)
            count += 1
    finally:
        for layer in layers:
            layer.accumulates = False
    if count == 0:
        raise ValueError("`batches` must hold at least one batch. Received: none")
