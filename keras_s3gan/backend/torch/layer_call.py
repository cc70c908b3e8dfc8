"""PyTorch: calls of a layer within the call of another."""

import functools
import inspect

import torch


def call(parent, layer, *inputs, training):
    """See `keras_s3gan.backend.interface`.

    Keras' overhead of a call can take longer than the layer itself, in every step. It
    is avoided if nothing has to be built, cast or added as a loss.
    """
    direct = (
        layer.built
        and parent.dtype_policy.name == layer.dtype_policy.name == "float32"
        and layer.activity_regularizer is None
        and all(tensor.dtype == torch.float32 for tensor in inputs)
    )
    if not direct:
        return layer(*inputs)
    if _takes_training(type(layer)):
        return layer.call(*inputs, training=training)
    return layer.call(*inputs)


@functools.cache
def _takes_training(kind):
    return "training" in inspect.signature(kind.call).parameters
