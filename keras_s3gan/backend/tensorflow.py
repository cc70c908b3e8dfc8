"""TensorFlow: variables change in place, tapes record."""

import contextlib
import functools
import os

import keras
import numpy as np
import tensorflow as tf

from keras_s3gan.backend.device_counts import check_devices, check_whole_models


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


def repeat(function, inputs, state=()):
    """One part after the other; see `keras_s3gan.backend.jax.repeat`.

    With replicas the program holds every part: they cannot average within a loop.
    """
    del state
    count = keras.tree.flatten(inputs)[0].shape[0]
    if replica_count() > 1:
        for index in range(count):
            function(_part(inputs, index))
        return

    def body(index):
        function(_part(inputs, index))
        return (index + 1,)

    tf.while_loop(
        lambda index: index < count,
        body,
        (tf.zeros((), "int32"),),
        parallel_iterations=1,
        maximum_iterations=count,
    )


def _part(inputs, index):
    return keras.tree.map_structure(
        lambda tensor: None if tensor is None else tensor[index], inputs
    )


def convolution(inputs, kernel, bias, strides, padding, dilation_rate, data_format):
    """A convolution; see `keras_s3gan.backend.jax.convolution`.

    A CPU has the kernels with the channels first only where oneDNN is on.
    """
    if data_format == "channels_first" and not _has_accelerator():
        last = tf.transpose(inputs, (0, 2, 3, 1))
        arguments = kernel, bias, strides, padding, dilation_rate, "channels_last"
        return tf.transpose(convolution(last, *arguments), (0, 3, 1, 2))
    outputs = keras.ops.conv(
        inputs, kernel, strides, padding, data_format, dilation_rate
    )
    return _with_bias(outputs, bias, data_format)


def transposed_convolution(images, kernel, bias, data_format):
    """Doubles; see `keras_s3gan.backend.jax.transposed_convolution`."""
    if data_format == "channels_first" and not _has_accelerator():
        last = tf.transpose(images, (0, 2, 3, 1))
        outputs = transposed_convolution(last, kernel, bias, "channels_last")
        return tf.transpose(outputs, (0, 3, 1, 2))
    outputs = keras.ops.conv_transpose(
        images, kernel, 2, "same", data_format=data_format
    )
    return _with_bias(outputs, bias, data_format)


def _with_bias(outputs, bias, data_format):
    if bias is None:
        return outputs
    if data_format == "channels_first":
        # `tf.nn.bias_add` takes the channels last alone on a CPU.
        return outputs + keras.ops.reshape(bias, (-1, 1, 1))
    return tf.nn.bias_add(outputs, keras.ops.convert_to_tensor(bias))


def average_pool(images, data_format):
    """Means over windows; see `keras_s3gan.backend.jax.average_pool`."""
    return keras.ops.average_pool(images, 2, 2, "valid", data_format)


def repeat_pixels(images, data_format):
    """Doubles height and width; see `keras_s3gan.backend.jax.repeat_pixels`.

    One axis after the other, the last one first: of `tf.repeat`, and of the gradient of
    `tf.broadcast_to`, a CPU is slow at.
    """
    for axis in (3, 2) if data_format == "channels_first" else (2, 1):
        shape = [-1, *images.shape[1:]]
        shape[axis] *= 2
        images = tf.reshape(tf.stack([images, images], axis + 1), shape)
    return images


def call(parent, layer, *inputs, training):
    """A layer within another; see `keras_s3gan.backend.jax.call`."""
    del parent, training  # Keras passes it on.
    return layer(*inputs)


def moments(inputs, axes):
    """Means; see `keras_s3gan.backend.jax.moments`."""
    squares = keras.ops.square(inputs)
    return keras.ops.mean(inputs, axis=axes), keras.ops.mean(squares, axis=axes)


def multiply_add(inputs, scale, shift):
    """`inputs · scale + shift`."""
    return inputs * scale + shift


def move_averages(averages, variables, decay):
    """Moves averages; see `keras_s3gan.backend.jax.move_averages`."""
    for average, variable in zip(averages, variables, strict=True):
        weight = keras.ops.cast(decay, average.dtype)
        average.assign(variable + (average - variable) * weight)


def apply_gradients(optimizer, gradients, variables):
    """Moves `variables`; see `keras_s3gan.backend.jax.apply_gradients`."""
    count = replica_count()
    if count > 1:
        _check_for_replicas(optimizer)
        # The same on all replicas, which must not decide apart whether they are finite.
        # Keras adds the replicas' gradients up.
        gradients = [gradient / count for gradient in replica_mean(*gradients)]
    optimizer.apply(gradients, variables)


def _check_for_replicas(optimizer):
    """Refuses what Keras does to each replica's part of a gradient.

    Raises:
        ValueError: that names it.
    """
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    clipped = ("clipnorm", "clipvalue", "global_clipnorm")
    for name in ("gradient_accumulation_steps", *clipped):
        if getattr(optimizer, name):
            raise ValueError(
                f"With several devices TensorFlow's optimizers do without {name}; "
                f"JAX's and PyTorch's have it. Received: {name}="
                f"{getattr(optimizer, name)}"
            )


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
    rows = tf.shape(tensor)[0] // count
    part = tf.gather(tensor, number + count * tf.range(rows))
    if tensor.shape[0] is not None:
        part = tf.ensure_shape(part, (tensor.shape[0] // count, *tensor.shape[1:]))
    return part


def replica_mean(*tensors):
    """Means over replicas; see `keras_s3gan.backend.jax.replica_mean`."""
    if replica_count() == 1:
        return tensors
    context = tf.distribute.get_replica_context()
    return context.all_reduce(tf.distribute.ReduceOp.MEAN, list(tensors))


class Devices:
    """Devices that share every batch; see `keras_s3gan.backend.jax.Devices`.

    Of one machine, of a TPU, or of the workers that the variable `TF_CONFIG` names.
    """

    in_use = None

    def __init__(
        self,
        count=None,
        coordinator=None,
        processes=None,
        process=None,
        model_parallel=1,
    ):
        check_whole_models(model_parallel)
        if coordinator or processes or process:
            raise ValueError(
                "TensorFlow finds other processes by the variable TF_CONFIG. "
                f"Received: coordinator={coordinator}"
            )
        self._strategy = _strategy(count)
        Devices.in_use = self
        self.total = self._strategy.num_replicas_in_sync
        resolver = self._strategy.cluster_resolver
        workers = (
            resolver.cluster_spec().as_dict().get("worker", []) if resolver else []
        )
        self.processes = max(1, len(workers))
        self.process = resolver.task_id or 0 if self.processes > 1 else 0

    def building(self):
        """A context in which models are built."""
        return self._strategy.scope()

    def training(self):
        """Nothing: models know where they were built."""
        return contextlib.nullcontext()

    def rows(self, count):
        """All rows, those of one replica beside each other."""
        return np.arange(count).reshape(-1, self.total).T.ravel()

    def spread(self, function):
        """A graph of a function over rows, which each device has a part of."""

        @tf.function(jit_compile=False, reduce_retracing=True)
        def run(*parts):
            found = self._strategy.run(function, parts)
            return keras.tree.map_structure(
                lambda output: self._strategy.gather(output, axis=0), found
            )

        def call(*inputs):
            def part(context):
                number = context.replica_id_in_sync_group
                return tuple(
                    tf.constant(np.split(array, self.total)[number]) for array in inputs
                )

            values = self._strategy.experimental_distribute_values_from_function(part)
            return run(*values)

        return call

    def wait(self, name):
        """Until all processes have come to this point."""
        if self.processes > 1:
            together = self._strategy.run(lambda: tf.ones(()))
            self._strategy.reduce(tf.distribute.ReduceOp.SUM, together, axis=None)


def undivided():
    """Nothing is divided outside of `fit`; see `keras_s3gan.backend.jax.undivided`."""
    return contextlib.nullcontext()


def _strategy(count):
    if "TF_CONFIG" in os.environ:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if os.environ.get("TPU_NAME"):
        tpu = tf.distribute.cluster_resolver.TPUClusterResolver.connect()
        return tf.distribute.TPUStrategy(tpu)
    kind = "GPU" if tf.config.list_physical_devices("GPU") else "CPU"
    if kind == "CPU" and count:
        (cpu,) = tf.config.list_physical_devices("CPU")
        tf.config.set_logical_device_configuration(
            cpu, [tf.config.LogicalDeviceConfiguration()] * count
        )
    available = len(tf.config.list_logical_devices(kind))
    count = check_devices(count, available)
    return tf.distribute.MirroredStrategy([f"{kind}:{i}" for i in range(count)])


def no_gradient():
    """A tape records only what it watches; nothing to switch off."""
    return contextlib.nullcontext()


def compiled(function, variables):
    """`function` as a graph; see `keras_s3gan.backend.jax.compiled`."""
    del variables
    return tf.function(
        function, jit_compile=default_jit_compile(), reduce_retracing=True
    )


def spread(function, variables):
    """A function over rows on all devices; see `keras_s3gan.backend.jax.spread`."""
    if Devices.in_use is None:
        run, count = compiled(function, variables), 1
    else:
        run, count = Devices.in_use.spread(function), Devices.in_use.total
    return lambda *inputs: keras.tree.map_structure(
        keras.ops.convert_to_numpy, run(*inputs)
    ), count


def default_jit_compile():
    """XLA pays on accelerators; on CPU the plain graph is about twice as fast."""
    return _has_accelerator()


@functools.cache
def _has_accelerator():
    return any(d.device_type != "CPU" for d in tf.config.list_physical_devices())


def default_device():
    """What steps run on; see `keras_s3gan.backend.jax.default_device`."""
    devices = tf.config.list_physical_devices()
    device = next((d for d in devices if d.device_type != "CPU"), devices[0])
    details = tf.config.experimental.get_device_details(device)
    return device.device_type.lower(), details.get("device_name", device.name)


def make_deterministic():
    """Asks for kernels whose sums do not depend on the order of threads."""
    tf.config.experimental.enable_op_determinism()


class TrainStep:
    """Keras' TensorFlow trainer is stateful already: the step is the step."""

    def train_step(self, data):
        return self.step(data)

    def _maybe_symbolic_build(self, iterator=None, data_batch=None):
        """Nothing, since all is built. With replicas Keras loses batches here."""
