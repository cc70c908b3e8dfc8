"""TensorFlow: variables change in place, tapes record."""

import contextlib

import keras
import tensorflow as tf


def _zeros_where_none(gradients, references):
    return [
        tf.zeros_like(reference) if gradient is None else gradient
        for gradient, reference in zip(gradients, references, strict=True)
    ]


def vjp(function, inputs=(), variables=(), state=()):
    """Runs `function(*inputs)`; see `keras_s3gan.backend.jax.vjp`."""
    del state  # assigned in place
    sources = [*inputs, *[variable.value for variable in variables]]
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        for source in sources:
            tape.watch(source)
        outputs, parts = function(*inputs)

    def pullback(cotangent):
        gradients = tape.gradient(outputs, sources, output_gradients=cotangent)
        gradients = _zeros_where_none(gradients, sources)
        return gradients[: len(inputs)], gradients[len(inputs) :]

    return outputs, parts, pullback


def input_gradient(function, inputs, state=()):
    """Differentiable gradient; see `keras_s3gan.backend.jax.input_gradient`."""
    del state
    inputs = tf.convert_to_tensor(inputs)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(inputs)
        outputs = keras.ops.sum(function(inputs))
    gradient = tape.gradient(outputs, inputs)
    return tf.zeros_like(inputs) if gradient is None else gradient


def run_if(condition, function, state=()):
    """`function()` or 0; see `keras_s3gan.backend.jax.run_if`."""
    del state
    return tf.cond(condition, function, lambda: tf.zeros(()))


def apply_gradients(optimizer, gradients, variables):
    """Moves `variables`; see `keras_s3gan.backend.jax.apply_gradients`."""
    count = replica_count()
    if count > 1:
        # Keras adds the replicas' gradients up.
        gradients = [gradient / count for gradient in gradients]
    optimizer.apply(gradients, variables)


def replica_count():
    """Of `tf.distribute`; see `keras_s3gan.backend.jax.replica_count`."""
    context = tf.distribute.get_replica_context()
    return 1 if context is None else context.num_replicas_in_sync


def replica_part(tensor):
    """Every n-th row; see `keras_s3gan.backend.jax.replica_part`."""
    count = replica_count()
    if count == 1:
        return tensor
    number = tf.distribute.get_replica_context().replica_id_in_sync_group
    rows = tensor.shape[0] // count
    return tf.gather(tensor, number + count * tf.range(rows))


def replica_mean(*tensors):
    """Means over replicas; see `keras_s3gan.backend.jax.replica_mean`."""
    if replica_count() == 1:
        return tensors
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, list(tensors))


def no_gradient():
    """A tape records only what it watches; nothing to switch off."""
    return contextlib.nullcontext()


def compiled(function, variables):
    """`function` as a graph; see `keras_s3gan.backend.jax.compiled`."""
    del variables
    return tf.function(
        function, jit_compile=default_jit_compile(), reduce_retracing=True
    )


def default_jit_compile():
    """XLA pays on accelerators; on CPU the plain graph is about twice as fast."""
    return bool(
        [d for d in tf.config.list_physical_devices() if d.device_type != "CPU"]
    )


def make_deterministic():
    """Asks for kernels whose sums do not depend on the order of threads."""
    tf.config.experimental.enable_op_determinism()


class TrainStep:
    """Keras' TensorFlow trainer is stateful already: the step is the step."""

    def train_step(self, data):
        return self.step(data)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Nothing, since all is built. With replicas Keras loses batches here."""
