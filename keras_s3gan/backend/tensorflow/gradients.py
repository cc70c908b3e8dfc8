"""TensorFlow: gradients, from tapes."""

import contextlib

import keras
import tensorflow as tf


def _zeros_where_none(gradients, references):
    return [
        tf.zeros_like(reference) if gradient is None else gradient
        for gradient, reference in zip(gradients, references, strict=True)
    ]


def vjp(function, inputs=(), variables=(), state=()):
    """See `keras_s3gan.backend.interface`."""
    del state  # assigned in place
    sources = [*inputs, *[variable.value for variable in variables]]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for source in sources:
            tape.watch(source)
        outputs, aux = function(*inputs)

    def pullback(cotangent):
        gradients = tape.gradient(outputs, sources, output_gradients=cotangent)
        gradients = _zeros_where_none(gradients, sources)
        return gradients[: len(inputs)], gradients[len(inputs) :]

    return outputs, aux, pullback


def input_gradient(function, inputs, state=()):
    """See `keras_s3gan.backend.interface`."""
    del state
    inputs = tf.convert_to_tensor(inputs)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = keras.ops.sum(function(inputs))
    gradient = tape.gradient(outputs, inputs)
    return tf.zeros_like(inputs) if gradient is None else gradient


def no_gradient():
    """See `keras_s3gan.backend.interface`.

    An empty context: only a tape records operations.
    """
    return contextlib.nullcontext()
